import { startTimer } from '../../core/wait.ts';
import type { WebSocketLike } from '../../core/web-socket-like.ts';
import type { PageSocket } from './accept-socket.ts';

/** A socket that can stop reading, as the ones of `ws` can. */
interface PausableSocket extends WebSocketLike {
  pause?(): void;
  resume?(): void;
}

/** Bytes that wait on their way to a page, above which the service is not read. */
const mostWaiting = 4_194_304;
/** Bytes with which a pause has failed: above the longest frame. */
const mostWaitingPaused = 33_554_432;
/** Seconds between two looks at a page that is slow. */
const lookInterval = 0.05;

/**
 * Keeps what waits on its way to a page from growing without limit: while it is too much, the service is not read, and so its
 * own sending comes to a halt. It needs a page's socket that tells its `bufferedAmount`. workerd's does not, nor does it tell
 * anything else of what its peer has read, and its sockets can't be paused: what a page there does not read stays in memory
 * for as long as it stays connected, and only the characters that it may have spoken bound it.
 */
export class BackPressure {
  readonly #page: PageSocket;
  readonly #service: PausableSocket;
  #stopTimer: (() => void) | undefined;

  constructor(page: PageSocket, service: WebSocketLike) {
    this.#page = page;
    this.#service = service;
  }

  /** Looks at what waits, once there is a frame more; gives whether it is bounded. It isn't where the service can't be paused. */
  check(): boolean {
    const waiting = this.#waiting();
    if (waiting <= mostWaiting) return true;
    if (!this.#service.pause || !this.#service.resume || waiting > mostWaitingPaused) return false;
    if (!this.#stopTimer) {
      this.#service.pause();
      this.#stopTimer = startTimer(lookInterval, this.#look);
    }
    return true;
  }

  /** Has the service read again, if only its close. */
  stop(): void {
    if (!this.#stopTimer) return;
    this.#stopTimer();
    this.#stopTimer = undefined;
    this.#service.resume?.();
  }

  readonly #look = (): void => {
    if (this.#waiting() > mostWaiting) this.#stopTimer = startTimer(lookInterval, this.#look);
    else this.stop();
  };

  #waiting(): number {
    return this.#page.bufferedAmount ?? 0;
  }
}
