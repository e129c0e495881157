import type { Anchor } from '../worklet/messages.ts';
import { MediaMap } from './media-map.ts';
import { OutputClock } from './output-clock.ts';

/** The position in the speech that is audible, from the anchors of the audio thread and the output clock. */
export class HeardPosition {
  readonly #map: MediaMap;
  readonly #clock: OutputClock;

  constructor(context: AudioContext) {
    this.#map = new MediaMap(context.sampleRate);
    this.#clock = new OutputClock(context);
  }

  add(anchor: Anchor): void {
    this.#map.add(anchor);
  }

  /** The media time, in seconds, heard at `pageTime` (in milliseconds, as `performance.now()` tells it). */
  at(pageTime: number): number {
    return this.#map.mediaTimeAt(this.#clock.contextTimeAt(pageTime));
  }

  /** The seconds until the anchor is heard. */
  until(anchor: Anchor): number {
    return this.#map.contextTimeOf(anchor) - this.#clock.contextTimeAt(performance.now());
  }
}
