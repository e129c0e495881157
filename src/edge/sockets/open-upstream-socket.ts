import { onAbort } from '../../core/abortable.ts';
import { startTimer } from '../../core/wait.ts';
import type { WebSocketLike } from '../../core/web-socket-like.ts';
import type { WorkerSocket } from './accept-socket.ts';
import type { SocketPass, SocketRuntime } from './pass-socket.ts';
import { Refusal } from '../refusal.ts';
import type { SocketEvents } from './socket-events.ts';
import { upstreamByClass } from './upstream-by-class.ts';
import { upstreamByUpgrade } from './upstream-by-upgrade.ts';

/** A socket that the service has agreed to. */
export interface UpstreamSocket {
  /** What workerd can pass on as it is, while nobody has taken its events. */
  readonly native: WorkerSocket | undefined;
  /** Its events, from the first one on. */
  readonly events: () => SocketEvents<WebSocketLike>;
}

/** What is opened: where, with what, how long, for whom. */
type Opening = Pick<SocketPass, 'url' | 'headers' | 'openTimeout' | 'request' | 'runtime'>;

/** A way to open one; rejects with a Refusal, or with the signal's reason once it aborts. */
export type UpstreamOpener = (
  target: { readonly url: string; readonly headers: Headers },
  signal: AbortSignal,
) => Promise<UpstreamSocket>;

/**
 * Opens a socket to the service.
 *
 * @throws Refusal when the service does not agree, or not in time; the signal's reason once the page has left
 */
export async function openUpstreamSocket(opening: Opening): Promise<UpstreamSocket> {
  const open = upstreamOpener(opening.runtime);
  const controller = new AbortController();
  const unfollow = onAbort(opening.request.signal, (reason) => controller.abort(reason));
  const stopTimer = startTimer(opening.openTimeout, () => {
    controller.abort(new Refusal('upstream_timeout', 'The speech service did not answer in time: try again.'));
  });
  try {
    controller.signal.throwIfAborted();
    return await open(opening, controller.signal);
  } finally {
    stopTimer();
    unfollow();
  }
}

function upstreamOpener({ WebSocket, fetch: ownFetch }: SocketRuntime): UpstreamOpener {
  if (WebSocket) return upstreamByClass(WebSocket);
  if (!('WebSocketPair' in globalThis)) {
    throw new Refusal('sockets_unsupported', 'This server opens no WebSockets with headers.');
  }
  return upstreamByUpgrade(ownFetch ?? ((url, init) => fetch(url, init)));
}
