import { maxBuffersInFlight, type BufferReturn, type FeederMessage } from '../worklet/messages.ts';
import type { SampleFormat } from './sample-format.ts';

/** The seconds of audio that one buffer holds at most. */
const bufferSeconds = 0.1;

/** A part-filled buffer with at least this much audio, in seconds, is sent at once. */
const worthSending = 0.01;

/** How long a smaller part-filled buffer waits for more, in milliseconds. */
const gatherTime = 4;

/**
 * Moves encoded samples to the audio thread over a port of its own, at most `bufferAhead` seconds ahead of what was played.
 *
 * Buffers are transferred, come back when they were played, and serve again.
 */
export class AudioFeeder {
  readonly #port: MessagePort;
  readonly #signal: AbortSignal;
  readonly #sampleSize: number;
  readonly #bytesPerSecond: number;
  readonly #maxBytesInFlight: number;
  readonly #idle: ArrayBuffer[] = [];
  readonly #lengths = new Map<number, number>();
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sent = 0;
  #returned = 0;
  #bytesInFlight = 0;
  #bytesSent = 0;
  #room: (() => void) | undefined;

  /**
   * @param port - the feeder's end of the channel whose other end the processor got
   * @param bufferAhead - in seconds
   * @param signal - ends everything: the port is closed, a `write` that waits rejects with the signal's reason
   */
  constructor(port: MessagePort, format: SampleFormat, bufferAhead: number, signal: AbortSignal) {
    this.#port = port;
    this.#signal = signal;
    this.#sampleSize = format.bytesPerSample;
    this.#bytesPerSecond = format.sampleRate * this.#sampleSize;
    this.#maxBytesInFlight = bufferAhead * this.#bytesPerSecond;
    port.addEventListener('message', ({ data }: MessageEvent<BufferReturn>) => this.#takeBack(data.buffer));
    port.start();
    signal.addEventListener('abort', () => this.#close(), { once: true });
  }

  /** The seconds of audio written so far. */
  get written(): number {
    return (this.#bytesSent + this.#filled - (this.#filled % this.#sampleSize)) / this.#bytesPerSecond;
  }

  /** Sends `bytes`, of any length; resolves when there is room for more. A half sample waits for its other half. */
  async write(bytes: Uint8Array): Promise<void> {
    let from = 0;
    while (from < bytes.length) {
      if (this.#isFull()) await this.#makeRoom();
      this.#buffer ??= this.#emptyBuffer();
      const part = bytes.subarray(from, from + this.#buffer.length - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      from += part.length;
      if (this.#filled === this.#buffer.length) this.#send();
    }
    if (this.#filled >= worthSending * this.#bytesPerSecond) this.#send();
    else if (this.#filled > 0) this.#timer ??= setTimeout(() => this.#send(), gatherTime);
  }

  /** Tells the audio thread that nothing follows. A half sample that is left over has no sound and is dropped. */
  end(): void {
    this.#send();
    clearTimeout(this.#timer);
    this.#post({ type: 'end' });
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#port.close();
    this.#room?.();
  }

  #emptyBuffer(): Uint8Array<ArrayBuffer> {
    const size = Math.ceil(this.#bytesPerSecond * bufferSeconds);
    return new Uint8Array(this.#idle.pop() ?? new ArrayBuffer(size + (size % this.#sampleSize)));
  }

  #isFull(): boolean {
    return this.#bytesInFlight >= this.#maxBytesInFlight || this.#sent - this.#returned >= maxBuffersInFlight;
  }

  async #makeRoom(): Promise<void> {
    while (this.#isFull()) {
      await new Promise<void>((resolve) => {
        this.#room = resolve;
        if (this.#signal.aborted) resolve();
      });
      this.#signal.throwIfAborted();
    }
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const half = this.#filled % this.#sampleSize;
    const byteLength = this.#filled - half;
    if (this.#buffer === undefined || byteLength === 0) return;
    const { buffer } = this.#buffer;
    const left = this.#buffer.slice(byteLength, this.#filled);
    this.#lengths.set(this.#sent, byteLength);
    this.#sent += 1;
    this.#bytesSent += byteLength;
    this.#bytesInFlight += byteLength;
    this.#post({ type: 'audio', buffer, byteLength }, [buffer]);
    this.#buffer = half === 0 ? undefined : this.#emptyBuffer();
    this.#buffer?.set(left);
    this.#filled = half;
  }

  #post(message: FeederMessage, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  /** Buffers come back in the order in which they went. */
  #takeBack(buffer: ArrayBuffer): void {
    this.#bytesInFlight -= this.#lengths.get(this.#returned) ?? 0;
    this.#lengths.delete(this.#returned);
    this.#returned += 1;
    this.#idle.push(buffer);
    this.#room?.();
    this.#room = undefined;
  }
}
