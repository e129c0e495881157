import type { Alignment } from '../core/alignment.ts';
import { SpeechError } from '../core/speech-error.ts';
import type { Word } from '../core/word.ts';
import type { WordLoop, WordLoopOptions } from './word-loop.ts';

/** What was rendered before a pause is heard for as long as the output latency lasts, here in milliseconds at most. */
const soundOnTheWay = 300;

/**
 * The words of a playback. The code that finds them is loaded beside the first sound, which does not wait for it; what comes
 * before it is kept for it.
 */
export class SpokenWords {
  /** Settles when that code is there. */
  readonly loaded: Promise<void>;
  readonly #text: () => string | undefined;
  readonly #early: Alignment[] = [];
  #loop: WordLoop | undefined;
  #isRunning = false;

  constructor(options: WordLoopOptions) {
    this.#text = options.text;
    this.loaded = this.#load(options);
    // Told when it is waited for.
    this.loaded.catch(() => undefined);
  }

  /** The text that is spoken; without a text from the caller, what the timing has told of it so far. */
  get text(): string {
    return this.#text() ?? this.#loop?.timeline.text ?? '';
  }

  /** The words whose times are known so far, in order; the last one may still grow. */
  get all(): readonly Word[] {
    return this.#loop?.timeline.words ?? [];
  }

  /** The word that is heard now; `undefined` in silence. */
  get current(): Word | undefined {
    return this.#loop?.current;
  }

  /** Takes the next piece of timing. */
  append(alignment: Alignment): void {
    if (this.#loop) this.#loop.append(alignment);
    else this.#early.push(alignment);
  }

  /** Looks for words while the media moves, or holds. */
  run(isRunning: boolean): void {
    this.#isRunning = isRunning;
    if (isRunning) this.#loop?.start();
    else setTimeout(() => !this.#isRunning && this.#loop?.stop(), soundOnTheWay);
  }

  /** All timing is there: words without a time get an estimate, up to `end` in seconds. */
  finish(end: number): void {
    this.#loop?.settle(end);
  }

  /** Reports what is due at the end of the speech, and that the last word is over. */
  tellRest(): void {
    this.#loop?.finish(performance.now());
  }

  /** Ends for good: no word is heard any more. */
  close(): void {
    this.#isRunning = false;
    this.#loop?.close();
  }

  async #load(options: WordLoopOptions): Promise<void> {
    try {
      const { WordLoop } = await import('./word-loop.ts');
      this.#loop = new WordLoop(options);
    } catch (cause) {
      throw new SpeechError('network', 'The code for words did not load: is the app still at its address?', { cause });
    }
    for (const alignment of this.#early.splice(0)) this.append(alignment);
    this.run(this.#isRunning);
  }
}
