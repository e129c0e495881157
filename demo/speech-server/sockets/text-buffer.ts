import { foldText, hasSpeech } from '../text/fold-text.ts';
import { clauseEnd, sentenceEnds, whiteSpaceEnd } from './text-ends.ts';

/** The thresholds, in characters, where a client names none: the first generation waits for 120, the next one for 160. */
const defaultSchedule: readonly number[] = [120, 160, 250, 290];

/** No more is generated at once, in characters. */
const longestGeneration = 500;

/** What `try_trigger_generation` asks for is done from so many characters on. */
const shortestTrigger = 50;

const longAutoClause = 120;
const longAutoSentence = 250;

/**
 * Text that is to be spoken, held until enough of it has come. What it gives out is the text that went in, cut behind white
 * space; only a flush cuts where the text happens to end. What holds nothing to say waits for what follows.
 */
export class TextBuffer {
  readonly #isAutoMode: boolean;
  #schedule = defaultSchedule;
  #generations = 0;
  #held = '';

  constructor(isAutoMode: boolean) {
    this.#isAutoMode = isAutoMode;
  }

  /** Replaces the thresholds; the first one is the next one's. */
  reschedule(schedule: readonly number[]): void {
    this.#schedule = schedule;
    this.#generations = 0;
  }

  /** Adds text. A space alone is what keeps a connection alive: it parts words, and is nothing where none is held. */
  add(text: string): void {
    if (text !== ' ' || /\S$/.test(this.#held)) this.#held += text;
  }

  /** The generations that are due, in order. */
  takeDue(): string[] {
    return this.#isAutoMode ? this.#takeAll(() => this.#autoEnd()) : this.#takeAll(() => this.#scheduledEnd());
  }

  /** What `try_trigger_generation` speaks: from 50 characters on, all that is held up to its last white space. */
  takeTriggered(): string[] {
    if (this.#held.length < shortestTrigger) return [];
    return this.#takeAll(() => this.#longEnd() ?? whiteSpaceEnd(this.#held));
  }

  /** All that is held. */
  flush(): string[] {
    return this.#takeAll(() => this.#longEnd() ?? this.#held.length);
  }

  #takeAll(findEnd: () => number | undefined): string[] {
    const taken: string[] = [];
    for (let end = findEnd(); end !== undefined && end > 0; end = findEnd()) {
      const text = this.#held.slice(0, end);
      if (!hasSpeech(foldText(Array.from(text)).ascii)) break;
      taken.push(text);
      this.#held = this.#held.slice(end);
      this.#generations++;
    }
    return taken;
  }

  /** Where the next generation ends once its threshold is reached. */
  #scheduledEnd(): number | undefined {
    const threshold = this.#threshold(this.#generations);
    if (this.#held.length < threshold) return undefined;
    const patience = Math.max(this.#threshold(this.#generations + 1), 1.5 * threshold);
    return this.#endNear(threshold, this.#held.length >= patience);
  }

  #threshold(generation: number): number {
    return this.#schedule[Math.min(generation, this.#schedule.length - 1)] ?? longestGeneration;
  }

  #autoEnd(): number | undefined {
    const window = this.#held.slice(0, longestGeneration);
    const [sentence] = sentenceEnds(window);
    if (sentence !== undefined) return sentence;
    if (window.length < longAutoClause) return undefined;
    return clauseEnd(window) ?? (window.length < longAutoSentence ? undefined : whiteSpaceEnd(window));
  }

  /** Where a generation ends if more is held than may be generated at once. */
  #longEnd(): number | undefined {
    return this.#held.length > longestGeneration ? this.#endNear(longestGeneration, true) : undefined;
  }

  /** The first sentence end from `threshold` on; else the last one before it, the last clause's, some white space's. */
  #endNear(threshold: number, takesWords: boolean): number | undefined {
    const window = this.#held.slice(0, longestGeneration);
    const sentences = sentenceEnds(window);
    const sentence = sentences.find((end) => end >= threshold) ?? sentences.at(-1);
    const end = sentence ?? clauseEnd(window) ?? (takesWords ? whiteSpaceEnd(window) : undefined);
    if (end !== undefined || window.length === this.#held.length) return end;
    // A word longer than a generation.
    const space = /\s+/.exec(this.#held);
    return space === null ? undefined : space.index + space[0].length;
  }
}
