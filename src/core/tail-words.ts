import { foldCharacter } from './match-text.ts';
import { segmentWords, type SegmentOptions } from './segment-words.ts';
import type { TimedCharacter } from './timed-characters.ts';
import type { WordBuilder } from './word-builder.ts';

/** A tail without white space that is longer is settled but for its last words, so that its cost stays bounded. */
const longestTail = 256;
const wordsKept = 8;

/** Builds the words of a text that grows, dividing anew only what follows its last white space. */
export class TailWords {
  readonly #builder: WordBuilder;
  readonly #options: SegmentOptions;
  #settled = '';
  #settledWords = 0;
  #tail = '';
  #times: (TimedCharacter & { readonly offset: number })[] = [];

  constructor(builder: WordBuilder, options: SegmentOptions) {
    this.#builder = builder;
    this.#options = options;
  }

  /** All that has come so far. */
  get text(): string {
    return this.#settled + this.#tail;
  }

  /** Takes the next character; it is in a word after the next {@link settle}. */
  push(timed: TimedCharacter): void {
    const offset = this.#settled.length + this.#tail.length;
    if (foldCharacter(timed.character) !== '') this.#times.push({ ...timed, offset });
    this.#tail += timed.character;
  }

  settle(): void {
    const from = this.#settled.length;
    const ranges = segmentWords(this.#tail, this.#options).map(({ text, start, end }) => {
      return { text, start: from + start, end: from + end };
    });
    this.#builder.divide(this.#settledWords, ranges);
    for (const { offset, start, end } of this.#times) this.#builder.place(offset, start, end, true);

    const space = /\p{White_Space}\P{White_Space}*$/u.exec(this.#tail)?.index ?? 0;
    const long = this.#tail.length > longestTail ? (ranges.at(-wordsKept)?.start ?? from) - from : 0;
    const cut = Math.max(space, long);
    this.#settledWords += ranges.filter(({ end }) => end <= from + cut).length;
    this.#times = this.#times.filter(({ offset }) => offset >= from + cut);
    this.#settled += this.#tail.slice(0, cut);
    this.#tail = this.#tail.slice(cut);
  }
}
