/** Who waits until the text up to `to` was sent. */
interface Waiter {
  readonly to: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Those who wait for their text to be sent, in the order of their texts. */
export class SentWaiters {
  #waiters: Waiter[] = [];
  /** The index of the first who still waits. */
  #first = 0;

  /** Resolves when the text up to `to` was sent. */
  wait(to: number): Promise<void> {
    const sent = new Promise<void>((resolve, reject) => this.#waiters.push({ to, resolve, reject }));
    // Who reads the speech is told of a failure as well: it must not be an unhandled rejection too.
    sent.catch(() => undefined);
    return sent;
  }

  /** The text up to `sentTo` was sent. */
  settle(sentTo: number): void {
    for (let next = this.#waiters[this.#first]; next && next.to <= sentTo; next = this.#waiters[this.#first]) {
      this.#first += 1;
      next.resolve();
    }
    if (this.#first === this.#waiters.length) this.#clear();
  }

  /** Nothing more is sent. */
  fail(reason: unknown): void {
    for (const { reject } of this.#waiters.slice(this.#first)) reject(reason);
    this.#clear();
  }

  #clear(): void {
    this.#waiters = [];
    this.#first = 0;
  }
}
