import type { Word } from './word.ts';

/** How a word is looked up by time. */
export interface WordAtOptions {
  /** Seconds for which a word goes on being heard after its end, unless the next one starts. 0.3 by default. */
  readonly hold?: number | undefined;
}

/** The index of the word heard at `time`, in seconds; -1 where none is, or `time` is no number. */
export function wordIndexAt(words: readonly Word[], time: number, { hold = 0.3 }: WordAtOptions = {}): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((words[middle]?.start ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  const last = words[low - 1];
  return last && time < last.end + hold ? low - 1 : -1;
}
