import { ChunkQueue } from './chunk-queue.ts';
import { IncomingSpeech } from './incoming-speech.ts';
import { OutgoingSpeech } from './outgoing-speech.ts';
import { OutgoingText, type MessageFields } from './outgoing-text.ts';
import type { StreamOutputFormat } from './output-format.ts';
import type { SocketFrame } from './parse-socket-frame.ts';
import { QuietTimer } from './quiet-timer.ts';
import { SentWaiters } from './sent-waiters.ts';
import type { VoiceOptions } from './session-options.ts';
import type { SocketDialect } from './socket-dialect.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import { SpeechError } from './speech-error.ts';
import { gapAfter, saysNothing, type CutMode } from './text-border.ts';
import type { AlignmentField, TimeBases } from './time-base.ts';

/** How many bytes of audio may wait for their reader before no more text is sent. */
const highWaterMark = 2 ** 20;

/** What a live speech is made for. */
export interface LiveSpeechOptions {
  /** Its name on a connection that has several. */
  readonly id: string;
  readonly format: StreamOutputFormat;
  readonly locale: string | undefined;
  readonly cut: CutMode;
  readonly flushesFirst?: boolean | undefined;
  readonly voice: VoiceOptions;
  readonly canResume: boolean;
  /** Seconds that the service may be silent while speech is due. */
  readonly idleTimeout: number;
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
  readonly #text: OutgoingText;
  #outgoing: OutgoingSpeech;
  readonly #over = new AbortController();
  readonly #waiters = new SentWaiters();
  /** Where the text begins that this connection speaks. */
  #base = 0;
  #incoming: IncomingSpeech;
  /** How the text ended. */
  #end: { readonly error?: unknown } | undefined;
  #isSpoken = false;
  readonly #silence = new QuietTimer(() => {
    if (this.#isOwed) this.fail(new SpeechError('timeout', 'The speech stalled: try again, or raise idleTimeout.'));
  });

  constructor(options: LiveSpeechOptions) {
    this.id = options.id;
    this.format = options.format;
    this.queue = new ChunkQueue(options.wake);
    this.#options = options;
    this.#text = new OutgoingText({ ...options, mode: options.cut });
    this.#outgoing = this.#talk();
    this.#incoming = this.#listen(0, 0, new Map());
  }

  /** Aborts when nothing more is sent or comes; its reason is the error, if it was one. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** All text that was accepted. */
  get text(): string {
    return this.#text.text;
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
    return this.#outgoing.isBegun;
  }

  /** Whether the service has said its last word. */
  get isSpoken(): boolean {
    return this.#isSpoken;
  }

  /** Whether more of it was handed out whole since this connection began. */
  get hasAdvanced(): boolean {
    return this.#spokenOffset > this.#base;
  }

  /** Whether the service has been told to speak the rest, and has not done so. */
  get isAwaited(): boolean {
    return this.#outgoing.isLast && !this.queue.isOver;
  }

  /** Whether the service has begun with all words, as far as it tells. */
  get isWhole(): boolean {
    return !this.#incoming.isTimed || this.#incoming.hasAllWords;
  }

  /** Whether text, or the end of it, waits to be sent. */
  get isDue(): boolean {
    if (this.queue.isOver) return false;
    if (this.#text.isDue) return this.queue.bytes < highWaterMark;
    return this.isEnded && this.#outgoing.mayEnd;
  }

  /** Accepts text; resolves when all of it that can be cut off was sent. */
  send(text: string, fields: MessageFields, flush: boolean): Promise<void> {
    this.over.throwIfAborted();
    if (this.#end) throw new TypeError('No text can follow: this speech has ended.');
    this.#text.append(text);
    this.#incoming.extend(text);
    if (flush || Object.keys(fields).length > 0) this.#text.mark(flush ? { ...fields, flush } : fields, flush);
    return this.#sent();
  }

  /** No text follows; resolves when the service was told. `how` holds the error to tell at the end, if there is one. */
  end(how: { readonly error?: unknown } = {}): Promise<void> {
    if (!this.#end) this.#text.release();
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

  /** Has a keep-alive sent, unless a message went since the last call. */
  tick(): void {
    this.#outgoing.tick();
  }

  /** The messages to send now; none when nothing is due. */
  take(dialect: SocketDialect, credentials: MessageFields): readonly object[] {
    const wasOwed = this.#isOwed;
    const messages = this.#outgoing.take(dialect, credentials, this.isDue, this.isEnded);
    if (!wasOwed && this.#isOwed) this.#silence.restart(this.#options.idleTimeout);
    this.#waiters.settle(this.isAwaited ? Infinity : this.#text.sentTo);
    return messages;
  }

  /** Takes what the service sent for it. */
  receive({ chunk, isFinal }: SocketFrame, bases: TimeBases): void {
    if (this.queue.isOver) return;
    this.#silence.restart(this.#options.idleTimeout);
    if (chunk) this.#push(this.#incoming.receive(chunk, bases));
    if (isFinal && this.isAwaited) this.finish();
    else if (chunk) this.#outgoing.hear();
  }

  /** All was spoken. */
  finish(): void {
    this.#isSpoken = true;
    this.#push(this.#incoming.rest());
    this.#incoming.finish();
    if (this.#incoming.releasedTo === 0 && !saysNothing(this.text)) {
      return this.fail(new SpeechError('protocol', 'The service gave no audio: check text, voice and model.'));
    }
    this.#waiters.settle(Infinity);
    this.queue.finish(this.#end);
    this.#stop(new TypeError('No text can follow: this speech has ended.'));
  }

  /**
   * The connection is gone: what was not spoken is to be sent again.
   *
   * @returns whether that can be done
   */
  rewind(): boolean {
    const spoken = this.#spokenOffset;
    if (this.isBegun && (!this.#options.canResume || this.#incoming.isUntimed)) return false;
    const { releasedTo, toldGaps } = this.#incoming;
    this.#outgoing.stop();
    this.#silence.stop();
    this.#outgoing = this.#talk();
    this.#base = spoken;
    this.#text.rewind(spoken);
    this.#incoming = this.#listen(spoken, releasedTo, toldGaps);
    if (this.#end && saysNothing(this.unspokenText)) this.finish();
    return true;
  }

  get #spokenOffset(): number {
    return Math.min(this.#base + this.#incoming.spokenTo, this.#text.sentTo);
  }

  #listen(offset: number, start: number, toldGaps: ReadonlyMap<AlignmentField, string>): IncomingSpeech {
    const { format, locale, canResume, warn } = this.#options;
    const text = this.text.slice(offset);
    const gap = gapAfter(this.text.slice(0, offset));
    return new IncomingSpeech({ format, locale, canResume, warn, text, start, gap, toldGaps });
  }

  #talk(): OutgoingSpeech {
    const { id, voice, wake } = this.#options;
    return new OutgoingSpeech({ id, voice, wake, text: this.#text, heard: () => this.#incoming });
  }

  /** Whether the service has something to say. */
  get #isOwed(): boolean {
    return this.isAwaited || this.#outgoing.isUnanswered;
  }

  #push(chunk: SpeechChunk | undefined): void {
    if (chunk) this.queue.push(chunk);
  }

  #sent(): Promise<void> {
    this.#options.wake();
    const to = this.isEnded ? Infinity : this.#text.readyTo;
    const isSent = this.isAwaited || to <= this.#text.sentTo || this.over.aborted;
    return isSent ? Promise.resolve() : this.#waiters.wait(to);
  }

  #stop(reason: unknown): void {
    this.#outgoing.stop();
    this.#silence.stop();
    this.#over.abort(reason);
    this.#waiters.fail(reason);
  }
}
