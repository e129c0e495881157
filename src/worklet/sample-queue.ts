import type { SampleDecoder } from './decode-samples.ts';
import { maxBuffersInFlight } from './messages.ts';

/**
 * A ring of received buffers, read as one run of samples. Reading decodes straight from the buffers and allocates nothing; a
 * buffer is released as soon as its last sample was read.
 *
 * What breaks the contract is survived, never thrown at: a buffer's trailing part of a sample is dropped, a `byteLength` beyond
 * the buffer means the buffer, and a buffer without a sample or beyond `maxBuffersInFlight` is released at once, unread.
 */
export class SampleQueue {
  readonly #decoder: SampleDecoder;
  readonly #release: (buffer: ArrayBuffer) => void;
  readonly #ring: (Uint8Array<ArrayBuffer> | undefined)[] = Array.from({ length: maxBuffersInFlight });
  #head = 0;
  #count = 0;
  /** The next byte to read in the buffer at the head. */
  #offset = 0;
  #frames = 0;

  /** `release` is called once with every buffer that was pushed, when the queue is done with it. */
  constructor(decoder: SampleDecoder, release: (buffer: ArrayBuffer) => void) {
    this.#decoder = decoder;
    this.#release = release;
  }

  /** Samples that can be read. */
  get frames(): number {
    return this.#frames;
  }

  /** Whether as many buffers are held as may be: nothing more comes until some of it is read. */
  get isFull(): boolean {
    return this.#count === maxBuffersInFlight;
  }

  /** Appends the whole samples in the first `byteLength` bytes of `buffer`; gives how many. */
  push(buffer: ArrayBuffer, byteLength: number): number {
    // Math.trunc of what is no number is NaN, and no comparison with NaN holds.
    const frames = Math.trunc(Math.min(byteLength, buffer.byteLength) / this.#decoder.bytesPerSample);
    if (!(frames > 0) || this.isFull) {
      this.#release(buffer);
      return 0;
    }
    const bytes = new Uint8Array(buffer, 0, frames * this.#decoder.bytesPerSample);
    this.#ring[(this.#head + this.#count) % maxBuffersInFlight] = bytes;
    this.#count += 1;
    this.#frames += frames;
    return frames;
  }

  /** Moves up to `count` samples to `target`, from `offset` on; gives how many there were. */
  pull(target: Float32Array, offset: number, count: number): number {
    const wanted = Math.min(count, this.#frames);
    let done = 0;
    while (done < wanted) {
      const bytes = this.#ring[this.#head];
      if (bytes === undefined) break;
      const inBuffer = (bytes.length - this.#offset) / this.#decoder.bytesPerSample;
      const run = Math.min(wanted - done, inBuffer);
      this.#decoder.decode(bytes, this.#offset, target, offset + done, run);
      this.#offset += run * this.#decoder.bytesPerSample;
      done += run;
      if (run === inBuffer) this.#drop(bytes);
    }
    this.#frames -= done;
    return done;
  }

  /** Releases everything unread. */
  clear(): void {
    for (let bytes = this.#ring[this.#head]; bytes !== undefined; bytes = this.#ring[this.#head]) this.#drop(bytes);
    this.#frames = 0;
  }

  #drop(bytes: Uint8Array<ArrayBuffer>): void {
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) % maxBuffersInFlight;
    this.#count -= 1;
    this.#offset = 0;
    this.#release(bytes.buffer);
  }
}
