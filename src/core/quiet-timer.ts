import { startTimer } from './wait.ts';

/** Calls back once nothing has happened for some seconds. */
export class QuietTimer {
  readonly #seconds: number;
  readonly #callback: () => void;
  #stop: (() => void) | undefined;

  constructor(seconds: number, callback: () => void) {
    this.#seconds = seconds;
    this.#callback = callback;
  }

  /** Something has happened: counts from now. */
  restart(): void {
    this.stop();
    this.#stop = startTimer(this.#seconds, this.#callback);
  }

  stop(): void {
    this.#stop?.();
  }
}
