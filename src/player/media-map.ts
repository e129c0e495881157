import type { Anchor } from '../worklet/messages.ts';

/** The anchors kept: the audible position lags the newest by the output latency only. */
const kept = 64;

/** The piecewise-linear map from context time to media time, built from the anchors of the audio thread. */
export class MediaMap {
  readonly #anchors: Anchor[] = [];
  readonly #sampleRate: number;

  /** @param sampleRate - of the context, in Hz */
  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** Adds a piece; anchors come in the order of their frames. */
  add(anchor: Anchor): void {
    this.#anchors.push(anchor);
    if (this.#anchors.length > kept) this.#anchors.shift();
  }

  /** The context time at which `anchor` takes effect, in seconds. */
  contextTimeOf(anchor: Anchor): number {
    return anchor.contextFrame / this.#sampleRate;
  }

  /** The media time heard at `contextTime`, both in seconds; 0 before the first anchor. */
  mediaTimeAt(contextTime: number): number {
    const anchor = this.#anchors.findLast((each) => this.contextTimeOf(each) <= contextTime);
    if (anchor === undefined) return this.#anchors[0]?.mediaTime ?? 0;
    return anchor.mediaTime + anchor.rate * (contextTime - this.contextTimeOf(anchor));
  }
}
