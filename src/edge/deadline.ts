/** Milliseconds that a timer may last; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * One time limit after the other, for what a request waits for in turn. One timer serves them all: setting and clearing one
 * costs more than a comparison, and hardly a request meets any of its limits.
 */
export class Deadline {
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer fires, and when the limit is met (milliseconds since 1970). */
  #firesAt = Infinity;
  #end = Infinity;
  #onMet: () => void = () => {};

  /** Calls `onMet` after some seconds, which may be `Infinity`, instead of what was set before. */
  set(seconds: number, onMet: () => void): void {
    this.#end = Date.now() + seconds * 1000;
    this.#onMet = onMet;
    if (this.#end < this.#firesAt) this.#start();
  }

  /** Forgets what was set. */
  clear(): void {
    this.#end = Infinity;
    this.#stop();
  }

  #start(): void {
    this.#stop();
    if (this.#end === Infinity) return;
    const wait = Math.min(this.#end - Date.now(), longestTimer);
    this.#firesAt = this.#end;
    this.#timer = setTimeout(() => this.#fire(), wait);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#firesAt = Infinity;
  }

  #fire(): void {
    this.#firesAt = Infinity;
    if (Date.now() < this.#end) return this.#start();
    this.#end = Infinity;
    this.#onMet();
  }
}
