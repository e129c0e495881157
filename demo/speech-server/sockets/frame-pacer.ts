import type { Faults } from '../wire/faults.ts';
import { seededRandom } from '../wire/seeded-random.ts';
import { wait } from '../wire/wait.ts';

/** Holds the frames of a context back as the faults `pace` and `jitter` ask; the same waits every time. */
export class FramePacer {
  readonly #faults: Faults;
  readonly #random = seededRandom(1);
  /** When the next frame is due, in the milliseconds of `performance.now`. */
  #due = 0;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** Waits until a frame of so many milliseconds may be sent, or until `signal` is aborted. */
  async hold(duration: number, signal: AbortSignal): Promise<void> {
    const { pace, jitter = 0 } = this.#faults;
    const now = performance.now();
    const delay = (pace ? Math.max(0, this.#due - now) : 0) + jitter * this.#random();
    // Speech that waited for its text is not made up for.
    if (pace) this.#due = Math.max(now, this.#due) + duration / pace;
    if (delay > 0) await wait(delay, signal);
  }
}
