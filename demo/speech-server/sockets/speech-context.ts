import { bytesPerSample } from '../audio/encode-audio.ts';
import { findModel } from '../catalogue/models.ts';
import type { VoiceSettings } from '../routes/voice-settings.ts';
import type { Synthesizer } from '../speech/synthesizer.ts';
import { serviceErrors } from '../wire/service-error.ts';
import type { ClientMessage } from './client-message.ts';
import type { AudioFrame } from './cut-frames.ts';
import { FramePacer } from './frame-pacer.ts';
import { generateFrames } from './generate-frames.ts';
import type { SocketConnection } from './socket-connection.ts';
import { asSocketError, SocketError } from './socket-error.ts';
import type { SocketRequest } from './socket-request.ts';
import { TextBuffer } from './text-buffer.ts';

/** What the contexts of a connection have in common. */
export interface ContextParts {
  readonly connection: SocketConnection;
  readonly synthesizer: Synthesizer;
  readonly maximumSpeeches: number;
  readonly request: SocketRequest;
}

export interface ContextOptions {
  readonly id: string | undefined;
  readonly settings: VoiceSettings;
  readonly schedule: readonly number[] | undefined;
  /** Called once, when the context has had its last frame. */
  readonly onEnd: () => void;
}

interface Generation {
  readonly text: string;
  /** Whether the client has asked for it to be spoken, come what may. */
  isFlushed: boolean;
  readonly stop: AbortController;
}

/** Text that comes in and speech that goes out, generation by generation; on `stream-input` there is one. */
export class SpeechContext {
  readonly settings: VoiceSettings;
  readonly #parts: ContextParts;
  readonly #options: ContextOptions;
  readonly #buffer: TextBuffer;
  readonly #pacer: FramePacer;
  #queue: Generation[] = [];
  #current: Generation | undefined;
  #sentBytes = 0;
  #lastFrame: AudioFrame | undefined;
  /** What the last flush has spoken first, until its first audio is sent. */
  #unheard: Generation | undefined;
  #isClosing = false;
  #isOver = false;

  constructor(parts: ContextParts, options: ContextOptions) {
    this.#parts = parts;
    this.#options = options;
    this.settings = options.settings;
    this.#buffer = new TextBuffer(parts.request.isAutoMode);
    this.#pacer = new FramePacer(parts.connection.faults);
    if (options.schedule !== undefined) this.#buffer.reschedule(options.schedule);
  }

  /** Takes text in and speaks what is due. A context that is closing takes nothing. Throws if the text is too long. */
  receive(message: ClientMessage): void {
    if (this.#isClosing) return;
    const { modelId } = this.#parts.request;
    const limit = findModel(modelId)?.maximum_text_length_per_request ?? 0;
    const length = message.text?.length ?? 0;
    if (length > limit) throw serviceErrors.textTooLong(length, limit, modelId);
    if (message.schedule !== undefined) this.#buffer.reschedule(message.schedule);
    this.#buffer.add(message.text ?? '');
    this.#enqueue(this.#buffer.takeDue());
    if (message.triggersGeneration) this.#enqueue(this.#buffer.takeTriggered());
    if (message.flushes) this.flush();
  }

  /** Speaks all that is held, and is bound to. */
  flush(): void {
    const generations = this.#enqueue(this.#buffer.flush());
    this.#unheard = generations[0] ?? this.#unheard;
    for (const generation of this.#pending()) generation.isFlushed = true;
  }

  /** Whether nothing is heard yet of what was flushed last. */
  get isUnheard(): boolean {
    return this.#unheard !== undefined;
  }

  /** Whether it only speaks to its end. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Speaks what was flushed and ends; the rest stops at once. */
  close(): void {
    this.#closeAfter(this.#pending().filter(({ isFlushed }) => isFlushed));
  }

  /** Stops at once and ends. */
  cancel(): void {
    this.#closeAfter([]);
  }

  #closeAfter(kept: readonly Generation[]): void {
    this.#isClosing = true;
    for (const generation of this.#pending()) if (!kept.includes(generation)) generation.stop.abort();
    if (kept.length === 0) this.#finish();
  }

  /** Stops without another word. */
  stop(): void {
    this.#isOver = true;
    for (const { stop } of this.#pending()) stop.abort();
  }

  #pending(): Generation[] {
    return this.#current === undefined ? this.#queue : [this.#current, ...this.#queue];
  }

  #enqueue(texts: readonly string[]): readonly Generation[] {
    const generations = texts.map((text) => ({ text, isFlushed: false, stop: new AbortController() }));
    this.#queue.push(...generations);
    if (this.#current === undefined) void this.#speakQueue();
    return generations;
  }

  async #speakQueue(): Promise<void> {
    for (;;) {
      this.#current = this.#queue.shift();
      if (this.#current === undefined) break;
      try {
        await this.#speak(this.#current);
      } catch (error) {
        this.#parts.connection.fail(asSocketError(error), this.#options.id);
      }
    }
    if (this.#isClosing) this.#finish();
  }

  async #speak(generation: Generation): Promise<void> {
    const { text, stop } = generation;
    const { signal } = stop;
    if (signal.aborted) return;
    const { connection, synthesizer, maximumSpeeches, request } = this.#parts;
    if (synthesizer.openSpeeches >= maximumSpeeches) throw tooManySpeeches();
    const { encoding, sampleRate } = request.format;
    const bytesPerMillisecond = (bytesPerSample(encoding) * sampleRate) / 1000;
    const offset = Math.floor(this.#sentBytes / bytesPerMillisecond);
    const order = { text, voice: request.voice, speed: this.settings.speed, encoding, sampleRate };
    const speech = synthesizer.speak(order);
    for await (const frame of generateFrames(speech, order, request.hasSyncAlignment, connection.faults)) {
      await this.#pacer.hold(frame.audio.length / bytesPerMillisecond, signal);
      if (signal.aborted) return;
      this.#sentBytes += frame.audio.length;
      this.#lastFrame = frame;
      if (generation === this.#unheard) this.#unheard = undefined;
      await connection.sendAudio(frame, this.#options.id, offset);
      if (signal.aborted) return;
    }
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { connection } = this.#parts;
    connection.sendFinal(this.#options.id);
    const late = Array.from({ length: connection.faults.late_frames ?? 0 }, () => this.#lastFrame);
    for (const frame of late) if (frame !== undefined) void connection.sendAudio(frame, this.#options.id, 0);
    this.#options.onEnd();
  }
}

function tooManySpeeches(): SocketError {
  return new SocketError('concurrent_limit_exceeded', 'Too many concurrent requests.');
}
