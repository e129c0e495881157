import { onAbort } from '../../core/abortable.ts';
import { errorFromReply } from '../../core/error-from-reply.ts';
import { SpeechError } from '../../core/speech-error.ts';
import type { WebSocketClass, WebSocketEvent, WebSocketLike } from '../../core/web-socket-like.ts';
import { upstreamFailure, upstreamRefusal, upstreamUnreachable } from '../http/upstream-refusal.ts';
import { Refusal } from '../refusal.ts';
import { closeSocket } from './close-socket.ts';
import { SocketEvents } from './socket-events.ts';
import type { UpstreamOpener, UpstreamSocket, UpstreamTarget } from './upstream-opener.ts';

/** Bytes of one frame of the service's at most. */
const longestFrame = 16_777_216;

/** The way of a class that takes headers. */
export function upstreamByClass(WebSocket: WebSocketClass): UpstreamOpener {
  return (target, signal) => open(WebSocket, target, signal);
}

function open(
  WebSocket: WebSocketClass,
  { url, headers, onFailure }: UpstreamTarget,
  signal: AbortSignal,
): Promise<UpstreamSocket> {
  // Other classes than that of `ws` ignore the limit.
  const options = { headers: Object.fromEntries(headers), maxPayload: longestFrame };
  return new Promise((resolve, reject) => {
    let socket: WebSocketLike;
    try {
      socket = new WebSocket(url.replace(/^http/, 'ws'), [], options);
    } catch {
      // The class's own error may quote what it was given.
      return reject(new Refusal('misconfigured', 'The WebSocket class of this server refuses the address or headers.'));
    }
    socket.binaryType = 'arraybuffer';
    // From the beginning: a frame may come with the service's consent.
    const events = new SocketEvents<WebSocketLike>(socket);
    const unfollow = onAbort(signal, (reason) => fail(reason));
    const leave = (): void => {
      unfollow();
      for (const type of ['open', 'error', 'close'] as const) socket.removeEventListener(type, onEvent);
    };
    const fail = (reason: unknown): void => {
      leave();
      events.stop();
      closeSocket(socket, { code: 1000, reason: '' });
      // Some classes end the attempt so, others close it once it is open.
      abandon(socket);
      reject(reason);
    };
    const onEvent = ({ type, message, error }: WebSocketEvent): void => {
      if (type !== 'open') {
        const refused = statusError(message);
        if (refused) onFailure?.(upstreamFailure(refused));
        return fail(refused ? upstreamRefusal(refused) : upstreamUnreachable(error));
      }
      leave();
      resolve({ native: undefined, events: () => events });
    };
    for (const type of ['open', 'error', 'close'] as const) socket.addEventListener(type, onEvent);
  });
}

function abandon(socket: WebSocketLike): void {
  try {
    socket.close(1000);
  } catch {
    // It connects, and is closed once it is open.
  }
}

/** What the service has answered instead; `ws` tells the status in words, and nothing else. */
function statusError(message = ''): SpeechError | undefined {
  const status = Number(/server response: (\d{3})$/.exec(message)?.[1] ?? NaN);
  if (Number.isNaN(status)) return undefined;
  if (status < 400) return new SpeechError('protocol', 'The service opens no WebSocket here.', { status });
  return errorFromReply({ status, body: undefined });
}
