import { onAbort } from '../../core/abortable.ts';
import type { Fetch } from '../../core/client-options.ts';
import type { WebSocketLike } from '../../core/web-socket-like.ts';
import { upstreamError, upstreamFailure, upstreamRefusal, upstreamUnreachable } from '../http/upstream-refusal.ts';
import { takeWorkerSocket, type WorkerSocket } from './accept-socket.ts';
import { closeSocket } from './close-socket.ts';
import { SocketEvents } from './socket-events.ts';
import type { UpstreamOpener, UpstreamSocket, UpstreamTarget } from './upstream-opener.ts';

/** The way of workerd: `fetch`, since its WebSocket class takes no headers. */
export function upstreamByUpgrade(fetchReply: Fetch): UpstreamOpener {
  return (target, signal) => open(fetchReply, target, signal);
}

function open(
  fetchReply: Fetch,
  { url, headers, onFailure }: UpstreamTarget,
  signal: AbortSignal,
): Promise<UpstreamSocket> {
  const sent = new Headers(headers);
  sent.set('upgrade', 'websocket');
  // The signal of the request would cut the connection that comes of it.
  const request = new AbortController();
  return new Promise((resolve, reject) => {
    const unfollow = onAbort(signal, (reason) => {
      reject(reason);
      request.abort();
    });
    const settle = async (response: Response): Promise<void> => {
      const { webSocket } = response as Response & { readonly webSocket?: WorkerSocket | null };
      if (!webSocket) {
        const error = await upstreamError(response, request);
        onFailure?.(upstreamFailure(error));
        return reject(upstreamRefusal(error));
      }
      if (signal.aborted) {
        takeWorkerSocket(webSocket);
        return closeSocket(webSocket, { code: 1000, reason: '' });
      }
      resolve({ native: webSocket, events: () => workerEvents(webSocket) });
    };
    fetchReply(url, { headers: sent, redirect: 'manual', signal: request.signal })
      .then(settle)
      .catch((cause: unknown) => reject(upstreamUnreachable(cause)))
      .finally(unfollow);
  });
}

function workerEvents(socket: WorkerSocket): SocketEvents<WebSocketLike> {
  const events = new SocketEvents<WebSocketLike>(socket);
  takeWorkerSocket(socket);
  return events;
}
