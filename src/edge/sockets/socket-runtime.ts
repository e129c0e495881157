import type { Fetch } from '../../core/client-options.ts';
import type { WebSocketClass } from '../../core/web-socket-like.ts';
import type { AcceptSocket } from './accept-socket.ts';

/** How sockets are had where the runtime's own way is not wanted, or there is none. */
export interface SocketRuntime {
  /** Used where sockets are opened by `fetch`: in workerd. */
  readonly fetch?: Fetch | undefined;
  /** Opens sockets to the service; it must take headers, as the class of the package `ws` does. */
  readonly WebSocket?: WebSocketClass | undefined;
  /** Lets a page in. */
  readonly accept?: AcceptSocket | undefined;
}
