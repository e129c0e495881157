import { startTimer } from '../../core/wait.ts';

/** Calls back once nothing has happened for some seconds. What happens costs it no timer. */
export class IdleTimer {
  readonly #seconds: number;
  readonly #callback: () => void;
  #last = performance.now();
  #stop: () => void;

  /** @param seconds May be `Infinity`. */
  constructor(seconds: number, callback: () => void) {
    this.#seconds = seconds;
    this.#callback = callback;
    this.#stop = startTimer(seconds, this.#look);
  }

  /** Something has happened: counts from now. */
  touch(): void {
    this.#last = performance.now();
  }

  stop(): void {
    this.#stop();
  }

  readonly #look = (): void => {
    const left = this.#seconds - (performance.now() - this.#last) / 1000;
    // Clocks and timers may differ by a millisecond.
    if (left <= 0.001) this.#callback();
    else this.#stop = startTimer(left, this.#look);
  };
}
