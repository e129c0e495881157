/** The most that an underrun waits for, in seconds of audio. */
const longestRefill = 2;

/**
 * How much must be queued before an underrun ends, learnt from the arrivals: each underrun asks for at least twice what the one
 * before asked for and for at least the longest gap between two arrivals so far, up to two seconds.
 */
export class RefillMark {
  readonly #frameRate: number;
  #next: number;
  readonly #limit: number;
  #seconds = 0;
  #longestGap = 0;
  /** In frames. Before the first arrival there is no gap, however long it takes. */
  #sinceArrival = -Infinity;

  /**
   * `first` in seconds, for the first underrun; more than two seconds lifts the limit to it. `frameRate` in Hz, of the frames
   * that elapse.
   */
  constructor(first: number, frameRate: number) {
    this.#frameRate = frameRate;
    this.#next = first;
    this.#limit = Math.max(first, longestRefill);
  }

  /** What the latest underrun asks for, in seconds of audio. */
  get seconds(): number {
    return this.#seconds;
  }

  /**
   * Whether nothing came for twice the longest wait. A feeder that keeps less in flight than is asked for would otherwise wait
   * for a return, and the processor for audio, for ever.
   */
  get isStalled(): boolean {
    return this.#sinceArrival >= 2 * this.#limit * this.#frameRate;
  }

  /** Lets frames pass in which audio was wanted. */
  elapse(frames: number): void {
    this.#sinceArrival += frames;
  }

  /** Audio has arrived. */
  arrive(): void {
    this.#longestGap = Math.max(this.#longestGap, this.#sinceArrival / this.#frameRate);
    this.#sinceArrival = 0;
  }

  /** An underrun has begun. */
  underrun(): void {
    this.#seconds = Math.min(this.#limit, Math.max(this.#next, this.#longestGap));
    this.#next = 2 * this.#seconds;
  }
}
