import type { TimedCharacters } from '../alignment/timeline.ts';
import type { SpeechPiece } from '../speech/speech-piece.ts';

/** A piece of speech as it goes on the wire. */
export interface SpeechSlice extends SpeechPiece {
  /** Where the audio begins, in seconds from the start of the speech. */
  readonly start: number;
}

/** Cuts speech into slices of at most `bytesPerSlice`, each with the characters that begin in it. */
export async function* sliceSpeech(
  pieces: AsyncIterable<SpeechPiece>,
  bytesPerSlice: number,
  bytesPerSecond: number,
): AsyncGenerator<SpeechSlice, void, undefined> {
  let heard = 0;
  for await (const piece of pieces) {
    let { alignment, normalizedAlignment } = piece;
    for (let position = 0; position < piece.audio.length; position += bytesPerSlice) {
      const audio = piece.audio.subarray(position, position + bytesPerSlice);
      const start = heard / bytesPerSecond;
      heard += audio.length;
      const isLast = position + bytesPerSlice >= piece.audio.length;
      const end = isLast ? Infinity : heard / bytesPerSecond;
      const own = splitAt(alignment, end);
      const ownNormalized = splitAt(normalizedAlignment, end);
      yield { audio, start, alignment: own.before, normalizedAlignment: ownNormalized.before };
      alignment = own.after;
      normalizedAlignment = ownNormalized.after;
    }
  }
}

/** All of a speech in one piece. */
export async function joinSpeech(pieces: AsyncIterable<SpeechPiece>): Promise<SpeechPiece> {
  const all = await collect(pieces);
  return {
    audio: new Uint8Array(Buffer.concat(all.map((piece) => piece.audio))),
    alignment: joinTimes(all.map((piece) => piece.alignment)),
    normalizedAlignment: joinTimes(all.map((piece) => piece.normalizedAlignment)),
  };
}

function splitAt(times: TimedCharacters, end: number): { before: TimedCharacters; after: TimedCharacters } {
  const found = times.starts.findIndex((start) => start >= end);
  const count = found < 0 ? times.starts.length : found;
  const cut = (from: number, to?: number): TimedCharacters => ({
    characters: times.characters.slice(from, to),
    starts: times.starts.slice(from, to),
    ends: times.ends.slice(from, to),
  });
  return { before: cut(0, count), after: cut(count) };
}

function joinTimes(times: readonly TimedCharacters[]): TimedCharacters {
  return {
    characters: times.flatMap((part) => part.characters),
    starts: times.flatMap((part) => part.starts),
    ends: times.flatMap((part) => part.ends),
  };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
