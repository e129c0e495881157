import { abortable } from './abortable.ts';
import { ChunkQueue } from './chunk-queue.ts';
import { OutgoingText, type MessageFields } from './outgoing-text.ts';
import { bytesPerSample, parseOutputFormat, type AudioFormat, type StreamOutputFormat } from './output-format.ts';
import type { SocketFrame } from './parse-socket-frame.ts';
import { createSampleCarry } from './sample-carry.ts';
import { segmentWords } from './segment-words.ts';
import type { VoiceOptions } from './session-options.ts';
import type { SocketDialect } from './socket-dialect.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import { SpeechClock } from './speech-clock.ts';
import { SpeechError } from './speech-error.ts';
import type { CutMode } from './text-border.ts';
import type { TimeBases } from './time-base.ts';
import { unexpectedReply } from './unexpected-reply.ts';
import { nextOffset, wholeWordsEnd, WordHold } from './word-hold.ts';
import { createWordTimeline, type WordTimeline } from './word-timeline.ts';

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
  readonly #codec: AudioFormat['codec'];
  readonly #bytesPerSecond: number;
  readonly #over = new AbortController();
  #senders: { readonly to: number; readonly resolve: () => void }[] = [];
  #isEnded = false;
  /** Where the text begins that this connection speaks. */
  #base = 0;
  #timeline: WordTimeline;
  #hold: WordHold;
  #carry: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
  #clock: SpeechClock | undefined;
  #hasOriginal = false;
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
    const { codec, bitrate, sampleRate } = parseOutputFormat(options.format);
    this.#codec = codec;
    this.#bytesPerSecond = bitrate ? bitrate / 8 : sampleRate * bytesPerSample(options.format);
    this.#timeline = createWordTimeline({ text: '', locale: options.locale });
    this.#hold = this.#newHold(0);
    this.#carry = createSampleCarry(bytesPerSample(options.format));
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
    return this.#isEnded && !this.#isEndSent;
  }

  /** Accepts text; resolves when all of it that can be cut off was sent. */
  send(text: string, fields: MessageFields, flush: boolean): Promise<void> {
    this.over.throwIfAborted();
    if (this.#isEnded) throw new TypeError('No text can follow: this speech has ended.');
    this.#outgoing.append(text);
    this.#timeline.extend(text);
    if (flush || Object.keys(fields).length > 0) this.#outgoing.mark(flush ? { ...fields, flush } : fields, flush);
    return this.#sent();
  }

  /** No text follows; resolves when the service was told. */
  end(): Promise<void> {
    if (!this.#isEnded) this.#outgoing.release();
    this.#isEnded = true;
    return this.#sent();
  }

  /** Ends it at once: what was not read is dropped. Its reader is told `error`, if there is one. */
  leave(error?: unknown): void {
    this.queue.clear({ error });
    this.#over.abort(error ?? new SpeechError('consumed', 'This speech was left: begin another one.'));
  }

  /** Ends it with an error, after what came is read. */
  fail(cause: unknown): void {
    const { unspokenText } = this;
    const error = SpeechError.is(cause)
      ? new SpeechError(cause.code, cause.message, { ...cause, cause: cause.cause, unspokenText })
      : cause;
    this.#push(this.#hold.release(Infinity));
    this.queue.finish({ error });
    this.#over.abort(error);
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
    if (chunk) this.#receive(chunk, bases);
    if (isFinal && this.#isEndSent) this.finish();
  }

  /** All was spoken. */
  finish(): void {
    this.#isSpoken = true;
    this.#push(this.#hold.release(Infinity));
    this.#clock?.finish();
    const isSilent = this.#hold.releasedTo === 0 && segmentWords(this.text).length > 0;
    this.#settleSenders(Infinity);
    this.queue.finish(isSilent ? { error: unexpectedReply('The reply holds no speech') } : {});
    this.#over.abort(new TypeError('No text can follow: this speech has ended.'));
  }

  /**
   * The connection is gone: what was not spoken is to be sent again.
   *
   * @returns whether that can be done
   */
  rewind(): boolean {
    const spoken = this.#spokenOffset;
    const { start, releasedTo } = this.#hold;
    const isUntimed = releasedTo > start && this.#timeline.words.length === 0;
    if (this.#isBegun && (!this.#options.canResume || isUntimed)) return false;
    this.#isBegun = this.#isEndSent = false;
    this.#base = spoken;
    this.#outgoing.rewind(spoken);
    this.#timeline = createWordTimeline({ text: this.text.slice(spoken), locale: this.#options.locale });
    this.#hold = this.#newHold(releasedTo);
    this.#carry = createSampleCarry(bytesPerSample(this.format));
    this.#clock = undefined;
    if (this.#isEnded && segmentWords(this.unspokenText).length === 0) this.finish();
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
      this.#settleSenders(this.#outgoing.sentTo);
      return [dialect.text(this.id, piece)];
    }
    this.#isEndSent = true;
    this.#settleSenders(Infinity);
    return dialect.end(this.id);
  }

  #receive(wire: SpeechChunk, bases: TimeBases): void {
    this.#clock ??= new SpeechClock(bases, {
      start: this.#hold.releasedTo,
      warn: this.#options.warn,
    });
    const { text, spokenTo } = this.#timeline;
    const times = this.#clock.place({
      ...wire,
      audio: wire.audio.length / this.#bytesPerSecond,
      unspoken: text.slice(spokenTo),
    });
    this.#hasOriginal ||= !!times.alignment?.characters.length;
    const own = this.#hasOriginal ? times.alignment : times.normalizedAlignment;
    if (own) this.#timeline.append(own);
    this.#hold.push({ audio: this.#carry(wire.audio), ...times });
    this.#push(this.#hold.release(this.#wholeTo));
  }

  /** Where a speech that breaks off may end, in seconds: of what was handed out before, nothing comes again. */
  get #wholeTo(): number {
    const { heldTo } = this.#hold;
    // Opus takes as many bytes as it likes: they don't tell the time.
    if (!this.#options.canResume || this.#codec === 'opus') return Infinity;
    // Compressed audio can't be cut between words, but its timing can be kept until it comes.
    return this.#codec === 'mp3' ? heldTo : wholeWordsEnd(this.#timeline, heldTo);
  }

  get #spokenOffset(): number {
    return Math.min(this.#base + nextOffset(this.#timeline, this.#hold.releasedTo), this.#outgoing.sentTo);
  }

  #push(chunk: SpeechChunk | undefined): void {
    if (chunk) this.queue.push(chunk);
  }

  #newHold(start: number): WordHold {
    return new WordHold({
      start,
      bytesPerSecond: this.#bytesPerSecond,
      bytesPerSample: bytesPerSample(this.format),
    });
  }

  #sent(): Promise<void> {
    this.#options.wake();
    const to = this.#isEnded ? Infinity : this.#outgoing.readyTo;
    if (this.#isEndSent || to <= this.#outgoing.sentTo || this.over.aborted) return Promise.resolve();
    const sent = abortable(this.over, new Promise<void>((resolve) => this.#senders.push({ to, resolve })));
    // Who reads the speech is told as well: a failure must not be an unhandled rejection too.
    sent.catch(() => undefined);
    return sent;
  }

  #settleSenders(sentTo: number): void {
    const done = this.#senders.filter(({ to }) => to <= sentTo);
    this.#senders = this.#senders.filter(({ to }) => to > sentTo);
    for (const { resolve } of done) resolve();
  }
}
