import { createSampleDecoder } from './decode-samples.ts';
import type { SampleEncoding } from './messages.ts';
import { Resampler } from './resampler.ts';
import { SampleQueue } from './sample-queue.ts';

/** Seconds, less than any sample lasts: what the difference of two times may be off by. */
const rounding = 1e-6;

/** The stream that a media reader is made for. */
export interface MediaReaderOptions {
  readonly encoding: SampleEncoding;
  /** Of the stream, in Hz. */
  readonly sampleRate: number;
  /** Of what is read, in Hz. */
  readonly contextRate: number;
}

/**
 * A stream of bytes read as frames at the context's rate, each once and in order, with the exact position in it: queue and
 * resampler together. Reading allocates nothing.
 */
export class MediaReader {
  readonly #queue: SampleQueue;
  readonly #resampler: Resampler;
  readonly #options: MediaReaderOptions;
  #framesReceived = 0;
  #framesRead = 0;
  #hasEnded = false;

  /** `release` gets every buffer back when it was read or dropped. Throws a `RangeError` for what cannot be read. */
  constructor(options: MediaReaderOptions, release: (buffer: ArrayBuffer) => void) {
    this.#queue = new SampleQueue(createSampleDecoder(options.encoding), release);
    this.#resampler = new Resampler(options.sampleRate, options.contextRate);
    this.#options = options;
  }

  /** Whether all there is has been pushed. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Frames that can be read now. */
  get available(): number {
    return this.#resampler.available(this.#queue.frames, this.#hasEnded);
  }

  /** Seconds of the media before the next frame. The last frame may reach past the last sample; the media does not. */
  get position(): number {
    return Math.min(this.#framesRead / this.#options.contextRate, this.duration);
  }

  /** Seconds of the media received so far. */
  get duration(): number {
    return this.#framesReceived / this.#options.sampleRate;
  }

  /** Whether `seconds` can be read, or all that can be pushed before some are read. */
  holds(seconds: number): boolean {
    const isEnough = this.duration - this.position + rounding >= seconds || this.#queue.isFull;
    return this.#hasEnded || (this.available > 0 && isEnough);
  }

  /** Appends the whole samples in the first `byteLength` bytes of `buffer`; gives whether there were any. */
  push(buffer: ArrayBuffer, byteLength: number): boolean {
    const frames = this.#queue.push(buffer, byteLength);
    this.#framesReceived += frames;
    return frames > 0;
  }

  /** Nothing more will be pushed: the tail can be read. */
  end(): void {
    this.#hasEnded = true;
  }

  /** Writes the next `count` frames to `output`, from `offset` on; no more than are available. */
  read(output: Float32Array, offset: number, count: number): void {
    this.#resampler.render(this.#queue, output, offset, count);
    this.#framesRead += count;
  }

  /** Releases every buffer. */
  clear(): void {
    this.#queue.clear();
  }
}
