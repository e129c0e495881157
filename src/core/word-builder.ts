import type { PlaceTime } from './match-text.ts';
import { segmentWords, type SegmentOptions, type TextWord } from './segment-words.ts';
import type { Word } from './word.ts';

/** How many words without a gap between them may be divided anew, so that the cost of a text without gaps stays bounded. */
const longestRun = 32;
/** The most UTF-16 units of such words: what is longer is not written in words. */
const longestTail = 2048;
/** How far behind a word something may join it, or the next one begin: a sign and its marks. */
const signReach = 8;

/** Makes timed words out of a text that grows and the times of its characters, which come in order. */
export class WordBuilder {
  /** The words that have a time, in order. The last one grows by being replaced. */
  readonly words: Word[] = [];
  readonly #options: SegmentOptions;
  readonly #ranges: TextWord[] = [];
  #text = '';
  /** Up to where more text can't divide it anew, and how many words there are. */
  #settledTo = 0;
  #settledWords = 0;
  #tail = '';
  #tailTimes: Parameters<PlaceTime>[] = [];

  constructor(options: SegmentOptions) {
    this.#options = options;
  }

  get text(): string {
    return this.#text;
  }

  /** Adds to the end of the text. Words that it changes are made anew, of the times that their characters have. */
  extend(more: string): void {
    this.#text += more;
    this.#tail += more;
    const from = this.#settledTo;
    const ranges = segmentWords(this.#tail, this.#options).map(({ text, start, end }) => {
      return { text, start: from + start, end: from + end };
    });
    const kept = ranges.findIndex(({ start, end }, index) => {
      const known = this.#ranges[this.#settledWords + index];
      return known?.start !== start || known.end !== end;
    });
    if (kept >= 0) this.#replaceRanges(this.#settledWords + kept, ranges.slice(kept));
    this.#settle(ranges);
  }

  /** Gives the character at `offset` its time; words before it that have none get an estimate. */
  place(offset: number, start: number, end: number, exact: boolean): void {
    if (offset >= this.#settledTo) this.#tailTimes.push([offset, start, end, exact]);
    this.#addToWord(offset, start, end, exact);
  }

  /** Gives every word that has no time an estimate, the last one ending at `end`. */
  finish(end: number): void {
    this.#estimateUpTo(this.#ranges.length, end);
  }

  #replaceRanges(first: number, ranges: readonly TextWord[]): void {
    this.#ranges.length = first;
    for (const range of ranges) this.#ranges.push(range);
    this.words.length = Math.min(this.words.length, first);
    const from = ranges[0]?.start ?? Infinity;
    for (const time of this.#tailTimes) if (time[0] >= from) this.#addToWord(...time);
  }

  /** Keeps of the tail what more text can change: its last word, and those that follow one another without a gap up to it. */
  #settle(ranges: readonly TextWord[]): void {
    const from = this.#settledTo;
    const end = from + this.#tail.length;
    let first = ranges.length;
    let border = Math.max(from, end - signReach);
    if ((ranges.at(-1)?.end ?? -1) >= border) {
      do first -= 1;
      while (ranges.length - first < longestRun && ranges[first - 1]?.end === ranges[first]?.start);
      border = ranges[first]?.start ?? border;
    }
    if (end - border > longestTail) {
      first = ranges.length;
      border = end;
    }
    this.#settledWords += first;
    this.#settledTo = border;
    this.#tail = this.#tail.slice(border - from);
    this.#tailTimes = this.#tailTimes.filter(([offset]) => offset >= border);
  }

  #addToWord(offset: number, start: number, end: number, exact: boolean): void {
    let index = Math.max(this.words.length - 1, 0);
    let range = this.#ranges[index];
    while (range && range.end <= offset) range = this.#ranges[(index += 1)];
    if (!range || offset < range.start) return;
    this.#estimateUpTo(index, start);
    const known = this.words[index];
    this.words[index] = makeWord(index, range, known?.start ?? start, end, known?.estimated !== false && !exact);
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
