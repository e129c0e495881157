import type { WebSocketLike } from '../../core/web-socket-like.ts';
import type { UpstreamFailure } from '../gateway-log.ts';
import type { WorkerSocket } from './accept-socket.ts';
import type { SocketEvents } from './socket-events.ts';

/** A socket that the service has agreed to. */
export interface UpstreamSocket {
  /** What workerd can pass on as it is, while nobody has taken its events. */
  readonly native: WorkerSocket | undefined;
  /** Its events, from the first one on. */
  readonly events: () => SocketEvents<WebSocketLike>;
}

/** Where a socket is opened, and with what. */
export interface UpstreamTarget {
  /** The service's address, http or https; path and query are the gateway's. */
  readonly url: string;
  /** All that the service is told: the key. */
  readonly headers: Headers;
  /** Is told what the service said when it did not agree. */
  readonly onFailure?: ((failure: UpstreamFailure) => void) | undefined;
}

/** A way to open one; rejects with a Refusal, or with the signal's reason once it aborts. */
export type UpstreamOpener = (target: UpstreamTarget, signal: AbortSignal) => Promise<UpstreamSocket>;
