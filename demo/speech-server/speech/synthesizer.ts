import { Worker } from 'node:worker_threads';
import { bytesPerSample } from '../audio/encode-audio.ts';
import type { SpeechOrder, SpeechPiece } from './speech-piece.ts';
import type { FromSynthesis, ToSynthesis } from './synthesis-messages.ts';

type Answer = Extract<FromSynthesis, { id: number }>;

type Ending = { readonly type: 'end' } | { readonly type: 'error'; readonly message: string };

/** The synthesis thread as the server sees it. */
export class Synthesizer {
  readonly #thread: Worker;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  /** What every question is answered with once the thread is no more. */
  #ending: Ending | undefined;
  #lastId = 0;
  #openSpeeches = 0;
  #piecesSpoken = 0;
  #audioSecondsMade = 0;

  /** Starts the thread whose script is at `url`; resolves when the engine is loaded. Rejects if the thread ends before. */
  static start(url: URL): Promise<Synthesizer> {
    const thread = new Worker(url);
    return new Promise((resolve, reject) => {
      thread.once('message', () => resolve(new Synthesizer(thread)));
      thread.once('error', reject);
      thread.once('exit', (code) => reject(new Error(describeExit(code))));
    });
  }

  private constructor(thread: Worker) {
    this.#thread = thread;
    thread.on('message', (message: FromSynthesis) => {
      if (message.type !== 'ready') this.#answer(message);
    });
    thread.on('error', (error) => this.#end({ type: 'error', message: String(error) }));
    thread.on('exit', (code) => this.#end({ type: 'error', message: describeExit(code) }));
  }

  /** Speeches that are being spoken or whose reader has not come to their end. */
  get openSpeeches(): number {
    return this.#openSpeeches;
  }

  /** Pieces that were handed out since the start. */
  get piecesSpoken(): number {
    return this.#piecesSpoken;
  }

  /** How much audio was made since the start, whether or not somebody heard it. */
  get audioSecondsMade(): number {
    return this.#audioSecondsMade;
  }

  /** Speaks one piece ahead of its reader; stops when the reader does. Throws if the engine fails or its thread has ended. */
  async *speak(order: SpeechOrder): AsyncGenerator<SpeechPiece, void, undefined> {
    const id = ++this.#lastId;
    const bytesPerSecond = order.sampleRate * bytesPerSample(order.encoding);
    const ask = async (type: 'start' | 'next'): Promise<Answer> => {
      const answer = await this.#ask(type === 'start' ? { type, id, order } : { type, id });
      if (answer.type === 'piece') this.#audioSecondsMade += answer.piece.audio.length / bytesPerSecond;
      return answer;
    };
    this.#openSpeeches++;
    try {
      let next = ask('start');
      for (;;) {
        const answer = await next;
        if (answer.type === 'end') return;
        if (answer.type === 'error') throw new Error(`The speech engine failed: ${answer.message}`);
        next = ask('next');
        this.#piecesSpoken++;
        yield answer.piece;
      }
    } finally {
      this.#openSpeeches--;
      this.#post({ type: 'stop', id });
    }
  }

  /** Ends the thread and, without an error, every speech. */
  async close(): Promise<void> {
    this.#end({ type: 'end' });
    await this.#thread.terminate();
  }

  #ask(message: ToSynthesis): Promise<Answer> {
    if (this.#ending !== undefined) return Promise.resolve({ ...this.#ending, id: message.id });
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

  #end(ending: Ending): void {
    this.#ending ??= ending;
    for (const id of this.#waiting.keys()) this.#answer({ ...this.#ending, id });
  }

  #post(message: ToSynthesis): void {
    this.#thread.postMessage(message);
  }
}

function describeExit(code: number): string {
  return `the synthesis thread ended with code ${code}`;
}
