import type { WebSocketEvent, WebSocketLike } from '../../core/web-socket-like.ts';

const types = ['open', 'message', 'error', 'close'] as const;

/** The events of a WebSocket, in order; those that come before anybody listens are held back. */
export class SocketEvents<Socket extends Pick<WebSocketLike, 'addEventListener' | 'removeEventListener'>> {
  readonly socket: Socket;
  #held: WebSocketEvent[] = [];
  #listener: ((event: WebSocketEvent) => void) | undefined;
  #isStopped = false;

  constructor(socket: Socket) {
    this.socket = socket;
    // Never removed: of `ws`, an error that nobody listens to ends the process.
    socket.addEventListener('error', ignore);
    for (const type of types) socket.addEventListener(type, this.#take);
  }

  /** Gives the listener what was held back, and whatever comes from now on. */
  listen(listener: (event: WebSocketEvent) => void): void {
    this.#listener = listener;
    for (let event = this.#held.shift(); event; event = this.#held.shift()) this.#take(event);
  }

  /** Nobody listens any more. */
  stop(): void {
    this.#isStopped = true;
    this.#held = [];
    for (const type of types) this.socket.removeEventListener(type, this.#take);
  }

  readonly #take = (event: WebSocketEvent): void => {
    if (this.#isStopped) return;
    if (this.#listener) this.#listener(event);
    else this.#held.push(event);
  };
}

function ignore(): void {}
