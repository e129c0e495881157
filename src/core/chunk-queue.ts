import type { SpeechChunk } from './speech-chunk.ts';
import { SpeechError } from './speech-error.ts';

type End = { readonly error?: unknown };

/** Chunks that wait for their reader, who comes once. */
export class ChunkQueue {
  readonly #chunks: SpeechChunk[] = [];
  readonly #onRead: () => void;
  #waiting: (() => void)[] = [];
  #bytes = 0;
  #end: End | undefined;
  #isRead = false;

  /** @param onRead called whenever the reader has taken something */
  constructor(onRead: () => void) {
    this.#onRead = onRead;
  }

  /** Bytes of audio that wait, once there is a reader; before that 0, so that nobody waits for one who has not come yet. */
  get bytes(): number {
    return this.#isRead ? this.#bytes : 0;
  }

  /** Whether nothing can be added any more. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Appends a chunk; after the end it is dropped. */
  push(chunk: SpeechChunk): void {
    if (this.#end) return;
    this.#chunks.push(chunk);
    this.#bytes += chunk.audio.length;
    this.#wake();
  }

  /** Ends the queue: what waits is read first, then the end, or the error of `end`. */
  finish(end: End = {}): void {
    this.#end ??= end;
    this.#wake();
  }

  /** Ends the queue at once: what waits is dropped. */
  clear(end: End = {}): void {
    this.#chunks.length = 0;
    this.#bytes = 0;
    this.#end = end;
    this.#wake();
  }

  /**
   * Reads the chunks; `leave` is called when the reader leaves before the end.
   *
   * @throws SpeechError `consumed` when they were read before
   */
  read(leave: () => void): AsyncIterator<SpeechChunk, undefined> {
    if (this.#isRead) throw new SpeechError('consumed', 'This speech was read already: begin another one.');
    this.#isRead = true;
    let turn: Promise<unknown> = Promise.resolve();
    return {
      // Chunks go to those who ask in the order in which they ask, be it all at once.
      next: () => {
        const result = turn.then(() => this.#next());
        turn = result.catch(() => undefined);
        return result;
      },
      return: async () => {
        leave();
        return { done: true, value: undefined };
      },
    };
  }

  async #next(): Promise<IteratorResult<SpeechChunk, undefined>> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        this.#bytes -= chunk.audio.length;
        this.#onRead();
        return { done: false, value: chunk };
      }
      if (this.#end) {
        const { error } = this.#end;
        // Told once; after that the iteration is over, as that of a generator is.
        this.#end = {};
        if (error !== undefined) throw error;
        return { done: true, value: undefined };
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
