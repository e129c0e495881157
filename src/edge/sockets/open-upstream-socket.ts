import { onAbort } from '../../core/abortable.ts';
import { startTimer } from '../../core/wait.ts';
import { upstreamTimeout } from '../http/upstream-refusal.ts';
import { Refusal } from '../refusal.ts';
import type { SocketRuntime } from './socket-runtime.ts';
import { upstreamByClass } from './upstream-by-class.ts';
import { upstreamByUpgrade } from './upstream-by-upgrade.ts';
import type { UpstreamOpener, UpstreamSocket, UpstreamTarget } from './upstream-opener.ts';

/** What is opened: where, with what, how long, for whom. */
export interface UpstreamOpening extends UpstreamTarget {
  /** The page's handshake; its signal, where the runtime has one abort, ends the attempt to reach the service. */
  readonly request: Request;
  /** Seconds until the service must have agreed. */
  readonly openTimeout: number;
  readonly runtime: SocketRuntime;
}

/**
 * Opens a socket to the service.
 *
 * @throws Refusal when the service does not agree, or not in time; the signal's reason once the page has left
 */
export async function openUpstreamSocket(opening: UpstreamOpening): Promise<UpstreamSocket> {
  const open = upstreamOpener(opening.runtime);
  const controller = new AbortController();
  const unfollow = onAbort(opening.request.signal, (reason) => controller.abort(reason));
  const stopTimer = startTimer(opening.openTimeout, () => controller.abort(upstreamTimeout()));
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
