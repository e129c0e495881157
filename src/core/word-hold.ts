import type { Alignment } from './alignment.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import { withoutOpening } from './text-border.ts';
import type { WordTimeline } from './word-timeline.ts';

/** The longest time, in seconds, for which audio is held back: a word that is said to last longer has wrong times. */
const longestHold = 2;
/** What two equal times may differ by, in seconds. */
const rounding = 1e-6;
/** What the end of a word and that of its audio may differ by: the wire has milliseconds. */
const wireRounding = 0.002;

const notWord = /^[^\p{L}\p{N}]*/u;

/** The audio that is held. */
export interface WordHoldOptions {
  readonly bytesPerSecond: number;
  readonly bytesPerSample: number;
  /** Where it begins, in seconds from the start of the speech. */
  readonly start: number;
}

/** Holds speech back from the start of a word that is not whole yet, so that a speech that breaks off ends between words. */
export class WordHold {
  readonly #options: WordHoldOptions;
  #held: SpeechChunk = { audio: new Uint8Array(0), alignment: undefined, normalizedAlignment: undefined };
  #releasedTo: number;

  constructor(options: WordHoldOptions) {
    this.#options = options;
    this.#releasedTo = options.start;
  }

  /** The end of what was released, in seconds from the start of the speech. */
  get releasedTo(): number {
    return this.#releasedTo;
  }

  /** The end of what came, in seconds from the start of the speech. */
  get heldTo(): number {
    return this.#releasedTo + this.#held.audio.length / this.#options.bytesPerSecond;
  }

  /** Adds what came; its times count from the start of the speech. */
  push({ audio, alignment, normalizedAlignment }: SpeechChunk): void {
    const { audio: held } = this.#held;
    const joined = held.length === 0 ? audio : new Uint8Array(held.length + audio.length);
    if (held.length > 0) {
      joined.set(held);
      joined.set(audio, held.length);
    }
    this.#held = {
      audio: joined,
      alignment: join(this.#held.alignment, alignment),
      normalizedAlignment: join(this.#held.normalizedAlignment, normalizedAlignment),
    };
  }

  /** What is whole: everything before `border`, in seconds from the start of the speech; the timing may be whole less far. */
  release(border: number, timingBorder: number = border): SpeechChunk | undefined {
    const { bytesPerSecond, bytesPerSample } = this.#options;
    const { audio, alignment, normalizedAlignment } = this.#held;
    const wanted = (border - this.#releasedTo) * bytesPerSecond + rounding;
    const count = wanted >= audio.length ? audio.length : Math.floor(wanted / bytesPerSample) * bytesPerSample;
    const [early, late] = splitAt(alignment, timingBorder);
    const [earlyNormalized, lateNormalized] = splitAt(normalizedAlignment, timingBorder);
    if (count <= 0 && !early && !earlyNormalized) return undefined;
    const taken = Math.max(0, count);
    this.#held = { audio: audio.subarray(taken), alignment: late, normalizedAlignment: lateNormalized };
    this.#releasedTo += taken / bytesPerSecond;
    return { audio: audio.subarray(0, taken), alignment: early, normalizedAlignment: earlyNormalized };
  }
}

/** The time up to which audio that ends at `end` holds whole words only, in seconds from the start of the speech. */
export function wholeWordsEnd({ words, spokenTo }: WordTimeline, end: number): number {
  const word = words.findLast(({ start }) => start < end);
  if (!word) return end;
  const isWhole = word.end <= end + wireRounding && spokenTo >= word.textEnd;
  return isWhole || end - word.start > longestHold ? end : word.start;
}

/**
 * Where the text goes on that comes after the audio up to `end`: behind the last word in it and the marks that follow it.
 *
 * @param canCut Whether the audio was cut between words. If not, only what is whole in it counts.
 */
export function nextOffset({ text, words, spokenTo }: WordTimeline, end: number, canCut = true): number {
  const index = words.findLastIndex((each) =>
    canCut ? each.start < end - wireRounding : each.end < end + wireRounding && each.textEnd <= spokenTo,
  );
  const word = words[index];
  if (!word) return 0;
  const next = words[index + 1];
  // Up to a word that has a time, all was spoken, such as a sign for "plus"; up to another one, perhaps not.
  const gap = next ? text.slice(word.textEnd, next.textStart) : (notWord.exec(text.slice(word.textEnd))?.[0] ?? '');
  const marks = (next ? /^.*\s/su : /^\S*\s+/u).exec(gap)?.[0] ?? withoutOpening(gap);
  return word.textEnd + marks.length;
}

function join(first: Alignment | undefined, second: Alignment | undefined): Alignment | undefined {
  if (!first || !second) return first ?? second;
  return {
    characters: [...first.characters, ...second.characters],
    starts: [...first.starts, ...second.starts],
    ends: [...first.ends, ...second.ends],
  };
}

function splitAt(alignment: Alignment | undefined, border: number): [Alignment | undefined, Alignment | undefined] {
  const found = alignment?.starts.findIndex((start) => start >= border - rounding) ?? -1;
  if (!alignment || found < 0) return [alignment, undefined];
  const part = (from: number, to?: number): Alignment | undefined =>
    from === (to ?? alignment.starts.length)
      ? undefined
      : {
          characters: alignment.characters.slice(from, to),
          starts: alignment.starts.slice(from, to),
          ends: alignment.ends.slice(from, to),
        };
  return [part(0, found), part(found)];
}
