import { startTimer } from './wait.ts';

/** Calls back once nothing has happened for some seconds. */
export class QuietTimer {
  readonly #callback: () => void;
  #stop: (() => void) | undefined;

  constructor(callback: () => void) {
    this.#callback = callback;
  }

  /** Something has happened: counts from now. */
  restart(seconds: number): void {
    this.stop();
    this.#stop = startTimer(seconds, this.#callback);
  }

  stop(): void {
    this.#stop?.();
  }
}
