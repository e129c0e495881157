import { ChunkQueue } from './chunk-queue.ts';
import { IncomingSpeech } from './incoming-speech.ts';
import { OutgoingText, type MessageFields } from './outgoing-text.ts';
import type { StreamOutputFormat } from './output-format.ts';
import type { SocketFrame } from './parse-socket-frame.ts';
import { segmentWords } from './segment-words.ts';
import { SentWaiters } from './sent-waiters.ts';
import type { VoiceOptions } from './session-options.ts';
import type { SocketDialect } from './socket-dialect.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import { SpeechError } from './speech-error.ts';
import type { CutMode } from './text-border.ts';
import type { TimeBases } from './time-base.ts';
import { unexpectedReply } from './unexpected-reply.ts';

/** How many bytes of audio may wait for their reader before no more text is sent. */
const highWaterMark = 2 ** 20;

/** What a live speech is made for. */
export interface LiveSpeechOptions {
  /** Its name on a connection that has several. */
  readonly id: string;
  readonly format: StreamOutputFormat;
  readonly locale: string | undefined;
  readonly cut: CutMode;
  readonly voice: VoiceOptions;
  readonly canResume: boolean;
  /** Called when there may be something to send. */
  readonly wake: () => void;
  /** Told of what is wrong with the timing, without harm to the audio. */
  readonly warn: (message: string) => void;
}

/**
 * A speech whose text is still being written: what was accepted, sent and spoken of it. It opens nothing: a connection takes
 * its messages and brings it the service's.
 */
export class LiveSpeech {
  readonly id: string;
  readonly format: StreamOutputFormat;
  readonly queue: ChunkQueue;
  readonly #options: LiveSpeechOptions;
  readonly #outgoing: OutgoingText;
  readonly #over = new AbortController();
  readonly #waiters = new SentWaiters();
  /** Where the text begins that this connection speaks. */
  #base = 0;
  #incoming: IncomingSpeech;
  /** How the text ended. */
  #end: { readonly error?: unknown } | undefined;
  #isBegun = false;
  #isEndSent = false;
  #isSpoken = false;
  #isSilent = false;
  #needsKeepAlive = false;

  constructor(options: LiveSpeechOptions) {
    this.id = options.id;
    this.format = options.format;
    this.queue = new ChunkQueue(options.wake);
    this.#options = options;
    this.#outgoing = new OutgoingText({ mode: options.cut, locale: options.locale });
    this.#incoming = this.#listen('', 0);
  }

  /** Aborts when nothing more is sent or comes; its reason is the error, if it was one. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** All text that was accepted. */
  get text(): string {
    return this.#outgoing.text;
  }

  /** The text whose speech has not been handed out whole. */
  get unspokenText(): string {
    return this.text.slice(this.#spokenOffset);
  }

  /** Whether no text follows. */
  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Whether the service knows of it on this connection. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Whether the service has said its last word. */
  get isSpoken(): boolean {
    return this.#isSpoken;
  }

  /** Whether more of it was handed out whole since this connection began. */
  get hasAdvanced(): boolean {
    return this.#spokenOffset > this.#base;
  }

  /** Whether the service has been told that no text follows, and has not answered it all. */
  get isAwaited(): boolean {
    return this.#isEndSent && !this.queue.isOver;
  }

  /** Whether text, or the end of it, waits to be sent. */
  get isDue(): boolean {
    if (this.queue.isOver) return false;
    if (this.#outgoing.isDue) return this.queue.bytes < highWaterMark;
    return this.isEnded && !this.#isEndSent;
  }

  /** Accepts text; resolves when all of it that can be cut off was sent. */
  send(text: string, fields: MessageFields, flush: boolean): Promise<void> {
    this.over.throwIfAborted();
    if (this.#end) throw new TypeError('No text can follow: this speech has ended.');
    this.#outgoing.append(text);
    this.#incoming.extend(text);
    if (flush || Object.keys(fields).length > 0) this.#outgoing.mark(flush ? { ...fields, flush } : fields, flush);
    return this.#sent();
  }

  /** No text follows; resolves when the service was told. `how` holds the error to tell at the end, if there is one. */
  end(how: { readonly error?: unknown } = {}): Promise<void> {
    if (!this.#end) this.#outgoing.release();
    this.#end ??= how;
    return this.#sent();
  }

  /** Ends it at once: what was not read is dropped. Its reader is told `error`, if there is one. */
  leave(error?: unknown): void {
    this.queue.clear({ error });
    this.#stop(error ?? new SpeechError('consumed', 'This speech was left: begin another one.'));
  }

  /** Ends it with an error, after what came is read. */
  fail(cause: unknown): void {
    const { unspokenText } = this;
    const error = SpeechError.is(cause)
      ? new SpeechError(cause.code, cause.message, { ...cause, cause: cause.cause, unspokenText })
      : cause;
    this.#push(this.#incoming.rest());
    this.queue.finish({ error });
    this.#stop(error);
  }

  /** Sends the keep-alive, unless a message went since the last call. */
  tick(): void {
    this.#needsKeepAlive = this.#isSilent && this.#isBegun && !this.#isEndSent;
    this.#isSilent = true;
  }

  /** The messages to send now; none when nothing is due. */
  take(dialect: SocketDialect, credentials: MessageFields): readonly object[] {
    const messages = this.#next(dialect, credentials);
    if (messages.length > 0) this.#isSilent = this.#needsKeepAlive = false;
    return messages;
  }

  /** Takes what the service sent for it. */
  receive({ chunk, isFinal }: SocketFrame, bases: TimeBases): void {
    if (this.queue.isOver) return;
    if (chunk) this.#push(this.#incoming.receive(chunk, bases));
    if (isFinal && this.#isEndSent) this.finish();
  }

  /** All was spoken. */
  finish(): void {
    this.#isSpoken = true;
    this.#push(this.#incoming.rest());
    this.#incoming.finish();
    const isSilent = this.#incoming.releasedTo === 0 && segmentWords(this.text).length > 0;
    this.#waiters.settle(Infinity);
    this.queue.finish(isSilent ? { error: unexpectedReply('The reply holds no speech') } : this.#end);
    this.#stop(new TypeError('No text can follow: this speech has ended.'));
  }

  /**
   * The connection is gone: what was not spoken is to be sent again.
   *
   * @returns whether that can be done
   */
  rewind(): boolean {
    const spoken = this.#spokenOffset;
    if (this.#isBegun && (!this.#options.canResume || this.#incoming.isUntimed)) return false;
    this.#isBegun = this.#isEndSent = false;
    this.#base = spoken;
    this.#outgoing.rewind(spoken);
    this.#incoming = this.#listen(this.text.slice(spoken), this.#incoming.releasedTo);
    if (this.#end && segmentWords(this.unspokenText).length === 0) this.finish();
    return true;
  }

  #next(dialect: SocketDialect, credentials: MessageFields): readonly object[] {
    if (!this.#isBegun) {
      this.#isBegun = true;
      return [dialect.begin(this.id, { ...this.#options.voice, ...credentials })];
    }
    if (this.#needsKeepAlive) return [dialect.keepAlive(this.id)];
    if (!this.isDue) return [];
    const piece = this.#outgoing.take();
    if (piece) {
      this.#waiters.settle(this.#outgoing.sentTo);
      return [dialect.text(this.id, piece)];
    }
    this.#isEndSent = true;
    this.#waiters.settle(Infinity);
    return dialect.end(this.id);
  }

  get #spokenOffset(): number {
    return Math.min(this.#base + this.#incoming.spokenTo, this.#outgoing.sentTo);
  }

  #listen(text: string, start: number): IncomingSpeech {
    const { format, locale, canResume, warn } = this.#options;
    return new IncomingSpeech({ format, locale, canResume, warn, text, start });
  }

  #push(chunk: SpeechChunk | undefined): void {
    if (chunk) this.queue.push(chunk);
  }

  #sent(): Promise<void> {
    this.#options.wake();
    const to = this.isEnded ? Infinity : this.#outgoing.readyTo;
    const isSent = this.#isEndSent || to <= this.#outgoing.sentTo || this.over.aborted;
    return isSent ? Promise.resolve() : this.#waiters.wait(to);
  }

  #stop(reason: unknown): void {
    this.#over.abort(reason);
    this.#waiters.fail(reason);
  }
}
