import { onAbort } from './abortable.ts';
import type { StreamOutputFormat } from './output-format.ts';
import { readSpeech, type SpeechOrigin } from './read-speech.ts';
import type { ReplyInfo } from './reply.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import { SpeechError } from './speech-error.ts';

/** What a {@link SpeechStream} is made from. */
export interface SpeechStreamSource extends SpeechOrigin {
  readonly text: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Speech as it arrives, chunk by chunk. The request is sent when the iteration begins; it can be iterated once, and
 * leaving the iteration ends the request.
 */
export class SpeechStream implements AsyncIterable<SpeechChunk> {
  readonly #source: SpeechStreamSource;
  readonly #controller = new AbortController();
  readonly #warnings = new Set<string>();
  #response: ReplyInfo | undefined;
  #consumed = false;
  #left = false;

  constructor(source: SpeechStreamSource) {
    this.#source = source;
  }

  /** The format of every chunk's audio. */
  get format(): StreamOutputFormat {
    return this.#source.format;
  }

  /** The text that is spoken. */
  get text(): string {
    return this.#source.text;
  }

  /** What the reply's headers tell; `undefined` until they are there. */
  get response(): ReplyInfo | undefined {
    return this.#response;
  }

  /** What was wrong with the reply without harm to the audio, each kind once. */
  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /** @throws SpeechError `consumed` when it was iterated before. */
  [Symbol.asyncIterator](): AsyncIterator<SpeechChunk, undefined> {
    if (this.#consumed) throw new SpeechError('consumed', 'This speech was read already: call again.');
    this.#consumed = true;
    const chunks = this.#read();
    return {
      next: () => chunks.next(),
      return: async () => {
        // Without the abort, a generator that waits for bytes would end only when they come.
        this.#left = true;
        this.#controller.abort();
        return chunks.return(undefined);
      },
    };
  }

  async *#read(): AsyncGenerator<SpeechChunk, undefined, undefined> {
    const unfollow = onAbort(this.#source.signal, (reason) => this.#controller.abort(reason));
    try {
      yield* readSpeech(this.#source, this.#controller.signal, {
        onResponse: (response) => (this.#response = response),
        onWarning: (message) => this.#warnings.add(message),
      });
    } catch (error) {
      if (!this.#left) throw error;
    } finally {
      unfollow();
    }
    return undefined;
  }
}
