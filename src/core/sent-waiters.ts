/** Who waits until the text up to `to` was sent. */
interface Waiter {
  readonly to: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Those who wait for their text to be sent. */
export class SentWaiters {
  #waiters: Waiter[] = [];

  /** Resolves when the text up to `to` was sent. */
  wait(to: number): Promise<void> {
    const sent = new Promise<void>((resolve, reject) => this.#waiters.push({ to, resolve, reject }));
    // Who reads the speech is told of a failure as well: it must not be an unhandled rejection too.
    sent.catch(() => undefined);
    return sent;
  }

  /** The text up to `sentTo` was sent. */
  settle(sentTo: number): void {
    const done = this.#waiters.filter(({ to }) => to <= sentTo);
    this.#waiters = this.#waiters.filter(({ to }) => to > sentTo);
    for (const { resolve } of done) resolve();
  }

  /** Nothing more is sent. */
  fail(reason: unknown): void {
    for (const { reject } of this.#waiters.splice(0)) reject(reason);
  }
}
