import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SpeechOrder, SpeechPiece } from './speech-piece.ts';
import type { FromSynthesis, ToSynthesis } from './synthesis-messages.ts';

type Answer = Extract<FromSynthesis, { id: number }>;

/** The synthesis thread as the server sees it. */
export class Synthesizer {
  readonly #thread: Worker;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;
  #openSpeeches = 0;
  #piecesSpoken = 0;

  /** Starts the thread whose script is at `url`; resolves when the engine is loaded. */
  static async start(url: URL): Promise<Synthesizer> {
    const thread = new Worker(url);
    await once(thread, 'message');
    return new Synthesizer(thread);
  }

  private constructor(thread: Worker) {
    this.#thread = thread;
    thread.on('message', (message: FromSynthesis) => {
      if (message.type !== 'ready') this.#answer(message);
    });
    thread.on('error', (error) => {
      for (const id of this.#waiting.keys()) this.#answer({ type: 'error', id, message: String(error) });
    });
  }

  /** Speeches that are being spoken or whose reader has not come to their end. */
  get openSpeeches(): number {
    return this.#openSpeeches;
  }

  /** Pieces that were handed out since the start. */
  get piecesSpoken(): number {
    return this.#piecesSpoken;
  }

  /** Speaks one piece ahead of its reader; stops when the reader does. Throws if the engine fails. */
  async *speak(order: SpeechOrder): AsyncGenerator<SpeechPiece, void, undefined> {
    const id = ++this.#lastId;
    this.#openSpeeches++;
    try {
      let next = this.#ask({ type: 'start', id, order });
      for (;;) {
        const answer = await next;
        if (answer.type === 'end') return;
        if (answer.type === 'error') throw new Error(`The speech engine failed: ${answer.message}`);
        next = this.#ask({ type: 'next', id });
        this.#piecesSpoken++;
        yield answer.piece;
      }
    } finally {
      this.#openSpeeches--;
      this.#post({ type: 'stop', id });
    }
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  #ask(message: ToSynthesis): Promise<Answer> {
    return new Promise((resolve) => {
      this.#waiting.set(message.id, resolve);
      this.#post(message);
    });
  }

  #answer(answer: Answer): void {
    const resolve = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    resolve?.(answer);
  }

  #post(message: ToSynthesis): void {
    this.#thread.postMessage(message);
  }
}
