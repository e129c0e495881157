import type { Alignment } from '../core/alignment.ts';
import { createWordTimeline, type WordTimeline } from '../core/word-timeline.ts';
import type { Word } from '../core/word.ts';
import { WordEvent } from './playback-events.ts';

/** The frame interval assumed until two frames were seen, in seconds. */
const usualFrame = 1 / 60;

/** How long a word stays lit in the silence after it, in seconds: most gaps between words are shorter. */
const hold = 0.3;

/** How long to wait for a frame, in milliseconds; a hidden page paints none. */
const frameTimeout = 100;

/** What the loop looks for, and whom it tells. */
export interface WordLoopOptions {
  /** The text so far; `undefined` while the timing alone tells it. */
  readonly text: () => string | undefined;
  readonly locale: string | undefined;
  /** The media time, in seconds, heard at `pageTime` (in milliseconds, as `performance.now()` tells it). */
  mediaTimeAt(pageTime: number): number;
  /** Gets a `word` event for each word, once and in order, in the frame that shows it, and a `wordend` after the last. */
  dispatch(event: WordEvent): void;
}

/**
 * Finds the word that is heard, once a frame while it runs.
 *
 * A frame is seen about one frame after its callback, so words are looked up at that time. A hidden page gets no frames:
 * words are then found by a timer, so that events go on.
 */
export class WordLoop {
  /** The words, as far as their times are known. */
  readonly timeline: WordTimeline;
  readonly #host: WordLoopOptions;
  #next = 0;
  #current: Word | undefined;
  #cancel: (() => void) | undefined;
  #isClosed = false;
  #frame = usualFrame;
  #lastFrameAt = 0;

  constructor(options: WordLoopOptions) {
    this.timeline = createWordTimeline({ text: options.text(), locale: options.locale });
    this.#host = options;
  }

  /** The word that is heard now, if any. */
  get current(): Word | undefined {
    return this.#current;
  }

  /** Takes the next piece of timing, after the text that it may be about. */
  append(alignment: Alignment): void {
    this.#extend();
    this.timeline.append(alignment);
  }

  /** All timing is there: words without a time get an estimate, up to `end` in seconds. */
  settle(end: number): void {
    this.#extend();
    this.timeline.finish(end);
  }

  start(): void {
    if (this.#cancel === undefined) this.#schedule();
  }

  /** Holds; `start` goes on. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#lastFrameAt = 0;
  }

  /** Reports what is due at the end of the speech, and that the last word is over. */
  finish(now: number): void {
    this.#update(now);
    if (this.#current) this.#endWord(this.#current, this.#host.mediaTimeAt(now));
  }

  /** Ends for good: no word is heard any more. */
  close(): void {
    this.stop();
    this.#isClosed = true;
    this.#current = undefined;
  }

  #extend(): void {
    const text = this.#host.text();
    const known = this.timeline.text.length;
    if (text && text.length > known) this.timeline.extend(text.slice(known));
  }

  #schedule(): void {
    const frame = requestAnimationFrame((frameTime) => this.#onFrame(frameTime));
    const timer = setTimeout(() => this.#onFrame(performance.now()), frameTimeout);
    this.#cancel = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }

  #onFrame(frameTime: number): void {
    this.#cancel?.();
    this.#schedule();
    this.#measure(frameTime);
    this.#update(frameTime + this.#frame * 1000);
  }

  /** Follows the display's own interval; a late frame is no new interval. */
  #measure(frameTime: number): void {
    const elapsed = (frameTime - this.#lastFrameAt) / 1000;
    if (elapsed > 0.002 && elapsed < 0.05) this.#frame += (elapsed - this.#frame) / 16;
    this.#lastFrameAt = frameTime;
  }

  #update(now: number): void {
    const { words } = this.timeline;
    const time = this.#host.mediaTimeAt(now);
    // Words that passed while the page was blocked are told too, each once and in order.
    for (let word = words[this.#next]; word && word.start <= time && !this.#isClosed; word = words[this.#next]) {
      this.#next += 1;
      this.#current = word;
      this.#host.dispatch(new WordEvent('word', word, time - word.start));
    }
    // The word may have grown since it was lit.
    const current = this.#current && words[this.#current.index];
    if (current && time >= current.end + hold) this.#endWord(current, time);
  }

  #endWord(word: Word, time: number): void {
    this.#current = undefined;
    this.#host.dispatch(new WordEvent('wordend', word, time - word.end));
  }
}
