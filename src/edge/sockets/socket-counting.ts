import type { Verdict } from '../limits/speech-limits.ts';

/** What is counted while a socket is open. */
export interface SocketCounting {
  /** Characters (code points) of all messages together. */
  readonly charactersPerRequest: number | undefined;
  /** Seconds after which the page's socket is closed with 1001, whatever is being said. */
  readonly sessionSeconds: number | undefined;
  /** Seconds in which neither side says anything, after which it is closed with 4408. */
  readonly idleSeconds: number;
  /**
   * Takes characters from the budget, several messages' at a time. No text is sent before it was taken; what was taken and
   * not sent is to be given back at the end.
   */
  readonly reserve: ((characters: number) => Promise<Verdict>) | undefined;
}
