import { onAbort } from './abortable.ts';
import { readJsonLines } from './json-lines.ts';
import { bytesPerSample, type StreamOutputFormat } from './output-format.ts';
import { parseSpeechChunk } from './parse-speech-chunk.ts';
import type { Reply, ReplyInfo } from './reply.ts';
import { createSampleCarry } from './sample-carry.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import { SpeechError } from './speech-error.ts';
import { unexpectedReply } from './unexpected-reply.ts';

/** What a {@link SpeechStream} is made from. */
export interface SpeechStreamSource {
  readonly format: StreamOutputFormat;
  readonly text: string;
  readonly signal: AbortSignal | undefined;
  /** Sends the request. */
  open(signal: AbortSignal): Promise<Reply>;
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
    const { format, signal } = this.#source;
    const carry = createSampleCarry(bytesPerSample(format));
    const unfollow = onAbort(signal, (reason) => this.#controller.abort(reason));
    let isEmpty = true;
    try {
      const { body, ...info } = await this.#source.open(this.#controller.signal);
      this.#response = info;
      for await (const line of readJsonLines(body, info.requestId)) {
        // Lines that came in one packet are no reason to go on.
        this.#controller.signal.throwIfAborted();
        const chunk = parseSpeechChunk(line, info.requestId, (message) => this.#warnings.add(message));
        if (!chunk) continue;
        isEmpty &&= chunk.audio.length === 0;
        yield { ...chunk, audio: carry(chunk.audio) };
      }
      this.#controller.signal.throwIfAborted();
      if (isEmpty) throw unexpectedReply('The reply holds no speech', info.requestId);
    } catch (error) {
      if (!this.#left) throw error;
    } finally {
      unfollow();
    }
    return undefined;
  }
}
