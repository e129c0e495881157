/** Wakes one sleeper; a call that comes while nobody sleeps is kept for the next one. */
export class WakeUp {
  #isDue = false;
  #resolve: (() => void) | undefined;

  now(): void {
    this.#isDue = true;
    this.#resolve?.();
  }

  /** Resolves with the next call of `now`, at once if there was one since the last time. */
  async next(): Promise<void> {
    if (!this.#isDue) await new Promise<void>((resolve) => (this.#resolve = resolve));
    this.#isDue = false;
    this.#resolve = undefined;
  }
}
