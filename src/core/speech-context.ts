import { onAbort } from './abortable.ts';
import type { LiveSpeech } from './live-speech.ts';
import type { StreamOutputFormat } from './output-format.ts';
import { endText, sendText, type TextSource } from './send-text.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import type { SendOptions } from './speech-session.ts';

/**
 * One speech of several on a connection. Text goes in by `send`, speech comes out by iterating, once; leaving the iteration
 * cancels it, as `using` does, and the signal.
 */
export class SpeechContext implements AsyncIterable<SpeechChunk>, Disposable {
  readonly #speech: LiveSpeech;
  readonly #warnings: ReadonlySet<string>;

  /** @internal */
  constructor(speech: LiveSpeech, warnings: ReadonlySet<string>, signal: AbortSignal | undefined) {
    this.#speech = speech;
    this.#warnings = warnings;
    const unfollow = onAbort(signal, (reason) => speech.leave(reason));
    speech.over.addEventListener('abort', unfollow, { once: true });
  }

  /** Its name on the connection. */
  get id(): string {
    return this.#speech.id;
  }

  /** The format of every chunk's audio. */
  get format(): StreamOutputFormat {
    return this.#speech.format;
  }

  /** All text that was accepted so far. */
  get text(): string {
    return this.#speech.text;
  }

  /** What was wrong with the replies without harm to the audio, each kind once. */
  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /**
   * Has text spoken, as soon as the context has its place among those at work. Tokens of any size do: words are sent whole,
   * in `autoMode` phrases. Resolves when all that is whole was sent.
   *
   * @throws TypeError when it is no text, or none can follow; SpeechError when the speech has failed
   */
  send(text: TextSource, { flush = false }: Pick<SendOptions, 'flush'> = {}): Promise<void> {
    return sendText(this.#speech, text, {}, flush);
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
    return endText(this.#speech, text);
  }

  /** The same as {@link end}: the service calls it so. */
  close(text?: TextSource): Promise<void> {
    return this.end(text);
  }

  /** Ends it at once: the service makes no more audio for it, and what was not read is dropped. */
  cancel(): void {
    this.#speech.leave();
  }

  /** @throws SpeechError `consumed` when it was iterated before */
  [Symbol.asyncIterator](): AsyncIterator<SpeechChunk, undefined> {
    return this.#speech.queue.read(() => this.#speech.leave());
  }

  [Symbol.dispose](): void {
    this.cancel();
  }
}
