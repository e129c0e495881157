/** The gain of the output: constant, or on a straight line towards 0 or 1. The last frame of a ramp has its target. */
export class Envelope {
  #from = 1;
  #target = 1;
  #frames = 0;
  #remaining = 0;

  /** Frames until the running ramp has reached its target; 0 when none runs. */
  get remaining(): number {
    return this.#remaining;
  }

  /** Begins a ramp from the gain of now; it takes `frames`, and none of them jumps at once. */
  rampTo(target: 0 | 1, frames: number): void {
    this.#from = this.#gain();
    this.#target = target;
    this.#frames = frames;
    this.#remaining = frames;
  }

  /** Multiplies `count` frames from `offset` on; a gain of 1 leaves them untouched to the bit. */
  apply(samples: Float32Array, offset: number, count: number): void {
    if (this.#remaining === 0 && this.#target === 1) return;
    for (let i = offset; i < offset + count; i += 1) {
      if (this.#remaining > 0) this.#remaining -= 1;
      samples[i] = (samples[i] ?? 0) * this.#gain();
    }
  }

  #gain(): number {
    if (this.#remaining === 0) return this.#target;
    return this.#target + ((this.#from - this.#target) * this.#remaining) / this.#frames;
  }
}
