import { onAbort } from './abortable.ts';
import type { LiveConnection } from './live-connection.ts';
import type { LiveSpeech } from './live-speech.ts';
import type { StreamOutputFormat } from './output-format.ts';
import { endText, sendText, type TextSource } from './send-text.ts';
import type { GenerationConfig } from './session-options.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import type { VoiceSettings } from './text-to-speech-request.ts';

/** What can be told with a text. */
export interface SendOptions {
  /** Speaks all that was sent so far now, be it half a word or less than the schedule gathers. */
  readonly flush?: boolean | undefined;
  /** Asks the service to speak what it has, if it is enough. */
  readonly try_trigger_generation?: boolean | undefined;
  /** Services have been seen to refuse settings that differ from the first ones. */
  readonly voice_settings?: VoiceSettings | undefined;
  readonly generator_config?: GenerationConfig | undefined;
}

/** What a session is made of. */
export interface SpeechSessionParts {
  readonly speech: LiveSpeech;
  readonly connection: LiveConnection;
  readonly warnings: ReadonlySet<string>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Speech of a text that is still being written, over one WebSocket that opens at once. Text goes in by `send`, speech comes
 * out by iterating, once; leaving the iteration closes the connection, as `close` does, `using`, and the signal.
 *
 * @example
 * ```ts
 * await using session = client.textToSpeech.connect(voiceId, { model_id: 'eleven_flash_v2_5' });
 * void session.end(tokens);
 * for await (const chunk of session) play(chunk.audio);
 * ```
 */
export class SpeechSession implements AsyncIterable<SpeechChunk>, AsyncDisposable {
  readonly #parts: SpeechSessionParts;

  /** @internal */
  constructor(parts: SpeechSessionParts) {
    this.#parts = parts;
    const { speech, connection, signal } = parts;
    const unfollow = onAbort(signal, (reason) => speech.leave(reason));
    const end = (): void => {
      unfollow();
      void connection.close();
    };
    speech.over.addEventListener('abort', end, { once: true });
    if (speech.over.aborted) end();
  }

  /** The format of every chunk's audio. */
  get format(): StreamOutputFormat {
    return this.#parts.speech.format;
  }

  /** All text that was accepted so far. */
  get text(): string {
    return this.#parts.speech.text;
  }

  /** What was wrong with the replies without harm to the audio, each kind once. */
  get warnings(): readonly string[] {
    return [...this.#parts.warnings];
  }

  /**
   * Has text spoken. Tokens of any size do: words are sent whole, in `autoMode` phrases. Resolves when all that is whole was
   * sent, which takes until the connection has room, and until a reader who has begun has no more than 1 MiB left to read.
   *
   * @throws TypeError when it is no text, or none can follow; SpeechError when the speech has failed
   */
  send(text: TextSource, { flush, ...fields }: SendOptions = {}): Promise<void> {
    return sendText(this.#parts.speech, text, fields, flush);
  }

  /** Has all text so far spoken now; resolves when it was sent. */
  flush(): Promise<void> {
    return this.send('', { flush: true });
  }

  /**
   * Has the last text spoken, if there is one, and says that none follows: the iteration ends when all was spoken. When the
   * text is an iterable that breaks off, it ends with that error, after what came before. Resolves when the service was told.
   */
  end(text?: TextSource): Promise<void> {
    return endText(this.#parts.speech, text);
  }

  /** Ends everything at once: what was not read is dropped, what was not spoken never is. */
  close(): Promise<void> {
    this.#parts.speech.leave();
    return this.#parts.connection.close();
  }

  /** @throws SpeechError `consumed` when it was iterated before */
  [Symbol.asyncIterator](): AsyncIterator<SpeechChunk, undefined> {
    const { speech } = this.#parts;
    return speech.queue.read(() => speech.leave());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  [Symbol.dispose](): void {
    void this.close();
  }
}
