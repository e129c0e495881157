import { onAbort } from '../../core/abortable.ts';
import type { Fetch } from '../../core/client-options.ts';
import { parseRetryAfter } from '../../core/retry-delay.ts';
import type { WebSocketLike } from '../../core/web-socket-like.ts';
import { takeWorkerSocket, type WorkerSocket } from './accept-socket.ts';
import { closeSocket } from './close-socket.ts';
import type { UpstreamOpener, UpstreamSocket } from './open-upstream-socket.ts';
import { SocketEvents } from './socket-events.ts';
import { refusalOfStatus, unreachable } from './upstream-refusal.ts';

/** The way of workerd: `fetch`, since its WebSocket class takes no headers. */
export function upstreamByUpgrade(fetchReply: Fetch): UpstreamOpener {
  return ({ url, headers }, signal) => open(fetchReply, url, headers, signal);
}

function open(fetchReply: Fetch, url: string, headers: Headers, signal: AbortSignal): Promise<UpstreamSocket> {
  const sent = new Headers(headers);
  sent.set('upgrade', 'websocket');
  // The signal of the request would cut the connection that comes of it.
  const request = new AbortController();
  return new Promise((resolve, reject) => {
    const unfollow = onAbort(signal, (reason) => {
      reject(reason);
      request.abort();
    });
    const settle = (response: Response): void => {
      unfollow();
      const { webSocket } = response as Response & { readonly webSocket?: WorkerSocket | null };
      if (!webSocket) {
        void response.body?.cancel().catch(() => undefined);
        return reject(
          refusalOfStatus(response.status, parseRetryAfter(response.headers.get('retry-after'), Date.now())),
        );
      }
      if (signal.aborted) {
        takeWorkerSocket(webSocket);
        return closeSocket(webSocket, { code: 1000, reason: '' });
      }
      resolve({ native: webSocket, events: () => workerEvents(webSocket) });
    };
    fetchReply(url, { headers: sent, redirect: 'manual', signal: request.signal }).then(settle, () => {
      unfollow();
      reject(unreachable());
    });
  });
}

function workerEvents(socket: WorkerSocket): SocketEvents<WebSocketLike> {
  const events = new SocketEvents<WebSocketLike>(socket);
  takeWorkerSocket(socket);
  return events;
}
