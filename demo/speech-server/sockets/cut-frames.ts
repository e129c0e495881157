import type { TimedCharacters } from '../alignment/timeline.ts';
import type { SpeechPiece } from '../speech/speech-piece.ts';

/** Characters with their times in whole milliseconds from the start of their generation. */
export interface FrameTimes {
  readonly characters: readonly string[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** What their times count from where they count from the audio of their frame. */
  readonly base: number;
}

/** The audio of one frame, which begins with its first character, and the characters that begin in it. */
export interface AudioFrame {
  readonly audio: Uint8Array;
  readonly alignment: FrameTimes;
  readonly normalizedAlignment: FrameTimes;
}

export interface CutOptions {
  readonly sampleRate: number;
  readonly bytesPerSample: number;
  /** Cuts in the middle of words instead of between them. */
  readonly splitsWords: boolean;
}

/** No frame but the last is shorter, in milliseconds. */
const shortest = 100;
/** A frame that no word ends in so many milliseconds ends with a character. */
const longest = 1500;

interface Row {
  readonly characters: string[];
  readonly starts: number[];
  readonly ends: number[];
}

/**
 * Cuts a generation into frames of whole words, each as short as may be. A cut lies where a character begins in both
 * alignments, so that the times of a frame span its audio in either.
 */
export async function* cutFrames(
  pieces: AsyncIterable<SpeechPiece>,
  options: CutOptions,
): AsyncGenerator<AudioFrame, void, undefined> {
  const original = emptyRow();
  const normalized = emptyRow();
  let held = Buffer.alloc(0);
  let start = 0;
  let sentBytes = 0;
  const bytesUntil = (time: number): number =>
    Math.floor((time * options.sampleRate) / 1000 + 1e-6) * options.bytesPerSample - sentBytes;
  const cut = (end: number, length: number): AudioFrame => {
    const frame = {
      audio: held.subarray(0, length),
      alignment: { ...takeUntil(original, end), base: start },
      normalizedAlignment: { ...takeUntil(normalized, end), base: start },
    };
    held = held.subarray(length);
    sentBytes += length;
    start = end;
    return frame;
  };
  for await (const piece of pieces) {
    held = Buffer.concat([held, piece.audio]);
    append(original, piece.alignment);
    append(normalized, piece.normalizedAlignment);
    for (;;) {
      const end = findCut(original, normalized.starts, start, options.splitsWords);
      if (end === undefined || bytesUntil(end) > held.length) break;
      yield cut(end, bytesUntil(end));
    }
  }
  if (held.length > 0) yield cut(Infinity, held.length);
}

function findCut(row: Row, others: readonly number[], start: number, splitsWords: boolean): number | undefined {
  const shared = new Set(others);
  let last: number | undefined;
  for (const [index, time] of row.starts.entries()) {
    if (time < start + shortest || !shared.has(time)) continue;
    if (last !== undefined && time > start + longest) return last;
    // Characters without a length go with the one behind them.
    const first = row.starts.indexOf(time);
    const atCut = pairAt(row, first);
    if (splitsWords ? /^\p{L}{2}$/u.test(atCut) : /\s/.test(atCut) && /^\s\S/u.test(pairAt(row, index))) return time;
    last = time;
  }
  return undefined;
}

/** The character at an index and the one before it. */
function pairAt(row: Row, index: number): string {
  return `${row.characters[index - 1] ?? ''}${row.characters[index] ?? ''}`;
}

function emptyRow(): Row {
  return { characters: [], starts: [], ends: [] };
}

function append(row: Row, times: TimedCharacters): void {
  row.characters.push(...times.characters);
  row.starts.push(...times.starts.map(toMilliseconds));
  row.ends.push(...times.ends.map(toMilliseconds));
}

function takeUntil(row: Row, end: number): Row {
  const found = row.starts.findIndex((start) => start >= end);
  const count = found < 0 ? row.starts.length : found;
  return {
    characters: row.characters.splice(0, count),
    starts: row.starts.splice(0, count),
    ends: row.ends.splice(0, count),
  };
}

function toMilliseconds(seconds: number): number {
  return Math.round(1000 * seconds);
}
