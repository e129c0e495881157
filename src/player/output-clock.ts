/** The farthest behind `currentTime` that an output timestamp is believed, in seconds. */
const maxOutputLatency = 1;

/** The farthest ahead of `currentTime`, which steps by render batches, that an output timestamp is believed, in seconds. */
const renderBatch = 0.05;

/**
 * Tells which moment of an audio context is audible at a given time of the page.
 *
 * Output timestamps extrapolate smoothly (0.04 ms rms in Chromium) where `currentTime` steps by render batches and leads
 * the ear by the output latency. Some engines give zeros or stuck values: those fall back to `currentTime` less the latency.
 */
export class OutputClock {
  readonly #context: AudioContext;
  #last = 0;

  constructor(context: AudioContext) {
    this.#context = context;
  }

  /**
   * The context time, in seconds, that is heard at `pageTime` (in milliseconds, as `performance.now()` tells it). It never
   * goes back, and stands still while the context does not run.
   */
  contextTimeAt(pageTime: number): number {
    if (this.#context.state !== 'running') return this.#last;
    const now = performance.now();
    this.#last = Math.max(this.#last, this.#estimate(now));
    return this.#last + (pageTime - now) / 1000;
  }

  #estimate(now: number): number {
    const { contextTime = 0, performanceTime = 0 } = this.#context.getOutputTimestamp?.() ?? {};
    const { currentTime, outputLatency, baseLatency } = this.#context;
    const heard = contextTime + (now - performanceTime) / 1000;
    const latency = currentTime - heard;
    const isSane = contextTime > 0 && performanceTime > 0 && latency > -renderBatch && latency < maxOutputLatency;
    return isSane ? heard : Math.max(0, currentTime - (outputLatency || baseLatency || 0));
  }
}
