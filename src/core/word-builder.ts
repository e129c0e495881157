import type { TextWord } from './segment-words.ts';
import type { Word } from './word.ts';

/** Makes timed words out of the words of a text and the times of its characters, which come in order. */
export class WordBuilder {
  /** The words that have a time, in order. The last one grows by being replaced. */
  readonly words: Word[] = [];
  readonly #ranges: TextWord[] = [];

  /** Replaces the words of the text from the index `first` on; those lose their times. */
  divide(first: number, ranges: readonly TextWord[]): void {
    this.#ranges.length = first;
    for (const range of ranges) this.#ranges.push(range);
    this.words.length = Math.min(this.words.length, first);
  }

  /** Gives the character at `offset` its time; words before it that have none get an estimate. */
  place(offset: number, start: number, end: number, exact: boolean): void {
    let index = Math.max(this.words.length - 1, 0);
    let range = this.#ranges[index];
    while (range && range.end <= offset) range = this.#ranges[(index += 1)];
    if (!range || offset < range.start) return;
    this.#estimateUpTo(index, start);
    const known = this.words[index];
    this.words[index] = makeWord(index, range, known?.start ?? start, end, known?.estimated !== false && !exact);
  }

  /** Gives every word that has no time an estimate, the last one ending at `end`. */
  finish(end: number): void {
    this.#estimateUpTo(this.#ranges.length, end);
  }

  #estimateUpTo(count: number, end: number): void {
    const first = this.words.length;
    if (first >= count) return;
    const untimed = this.#ranges.slice(first, count);
    const letters = untimed.reduce((sum, { text }) => sum + text.length, 0);
    const earliest = Math.min(this.words[first - 1]?.end ?? 0, end);
    const share = (end - earliest) / letters;
    let before = 0;
    for (const range of untimed) {
      const start = earliest + before * share;
      before += range.text.length;
      this.words.push(
        makeWord(this.words.length, range, start, before === letters ? end : earliest + before * share, true),
      );
    }
  }
}

function makeWord(index: number, range: TextWord, start: number, end: number, estimated: boolean): Word {
  return { index, text: range.text, textStart: range.start, textEnd: range.end, start, end, estimated };
}
