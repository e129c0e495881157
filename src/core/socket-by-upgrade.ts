import type { Fetch } from './client-options.ts';
import { errorFromHandshake } from './error-from-handshake.ts';
import { errorFromResponse, longestErrorBodyTime } from './error-from-response.ts';
import type { SocketRequest } from './open-socket.ts';
import { openReplyBody } from './reply-body.ts';
import { replyInfo } from './reply.ts';
import { SocketStreams } from './socket-streams.ts';
import { SpeechError } from './speech-error.ts';
import type { SpeechSocket } from './speech-socket.ts';
import type { WebSocketLike } from './web-socket-like.ts';

/** What workerd's `fetch` gives when the server agrees to an upgrade. */
interface UpgradeResponse extends Response {
  readonly webSocket?: (WebSocketLike & { accept(): void }) | null;
}

/** A socket by `fetch`, where that can upgrade a connection: in workerd, whose WebSocket class takes no headers. */
export function socketByUpgrade(fetchReply: Fetch, request: SocketRequest): SpeechSocket {
  const socket = new SocketStreams(request.signal);
  if (!socket.ended.aborted) void upgrade(fetchReply, request, socket).catch((error) => socket.fail(error));
  return socket;
}

async function upgrade(fetchReply: Fetch, request: SocketRequest, socket: SocketStreams): Promise<void> {
  const { url, headers, protocols = [] } = request;
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  socket.ended.addEventListener('abort', abort);
  const sent = new Headers(headers);
  sent.set('upgrade', 'websocket');
  if (protocols.length > 0) sent.set('sec-websocket-protocol', protocols.join(', '));
  let response: UpgradeResponse;
  try {
    response = await fetchReply(url, { headers: sent, redirect: 'manual', signal: controller.signal });
  } catch (cause) {
    if (SpeechError.is(cause)) throw cause;
    throw new SpeechError('network', 'The service was not reached: check network and baseUrl.', { cause });
  }
  const { webSocket, status } = response;
  if (webSocket) {
    // The signal of the request would cut the connection that has come of it.
    socket.ended.removeEventListener('abort', abort);
    webSocket.accept();
    // Unlike others, this one tells of some losses by an error without a close.
    const onError = (): void => socket.fail();
    webSocket.addEventListener('error', onError);
    socket.attach(webSocket);
    await socket.closed;
    webSocket.removeEventListener('error', onError);
    return;
  }
  const { requestId } = replyInfo(response.headers);
  const body = openReplyBody(response, { idleTimeout: longestErrorBodyTime, controller, release: () => {}, requestId });
  if (status >= 400) throw await errorFromResponse(response, body, longestErrorBodyTime);
  body.cancel();
  throw errorFromHandshake({ status });
}
