import type { Fetch } from './client-options.ts';
import { socketByUpgrade } from './socket-by-upgrade.ts';
import { SocketStreams } from './socket-streams.ts';
import { SpeechError } from './speech-error.ts';
import type { SpeechSocket } from './speech-socket.ts';
import type { WebSocketClass } from './web-socket-like.ts';

/** What a socket is opened with. */
export interface SocketRequest {
  /** An http or https address; the socket's scheme follows from it. */
  readonly url: string;
  /** Sent where headers can be, see {@link SocketOpener.takesHeaders}. */
  readonly headers?: Headers | undefined;
  readonly protocols?: readonly string[] | undefined;
  /** Closes the socket. */
  readonly signal: AbortSignal;
}

/** A runtime's way to open sockets. */
export interface SocketOpener {
  /** Whether the headers of a request are sent; a page's WebSocket can't. */
  readonly takesHeaders: boolean;
  open(request: SocketRequest): SpeechSocket;
}

/** How sockets are opened instead of the runtime's own way. */
export interface SocketOptions {
  readonly WebSocket?: WebSocketClass | undefined;
  /** Only used where sockets are opened by `fetch`. */
  readonly fetch?: Fetch | undefined;
}

/**
 * The way to open sockets here: the class that was passed, else `fetch` where that can upgrade, else the runtime's class.
 *
 * @throws SpeechError `unsupported` where there is no WebSocket.
 */
export function socketOpener({ WebSocket, fetch: ownFetch }: SocketOptions): SocketOpener {
  if (!WebSocket && 'WebSocketPair' in globalThis) {
    const fetchReply: Fetch = ownFetch ?? ((url, init) => fetch(url, init));
    return { takesHeaders: true, open: (request) => socketByUpgrade(fetchReply, request) };
  }
  const socketClass = WebSocket ?? (globalThis as { readonly WebSocket?: WebSocketClass }).WebSocket;
  if (!socketClass) {
    throw new SpeechError('unsupported', 'This runtime has no WebSocket: pass one, such as that of the package ws.');
  }
  // What is made for servers can ping, and takes headers.
  const takesHeaders = WebSocket !== undefined && 'ping' in Object(WebSocket.prototype);
  return { takesHeaders, open: (request) => socketByClass(socketClass, takesHeaders, request) };
}

function socketByClass(
  WebSocket: WebSocketClass,
  takesHeaders: boolean,
  { url, headers = new Headers(), protocols = [], signal }: SocketRequest,
): SpeechSocket {
  const socket = new SocketStreams(signal);
  if (socket.ended.aborted) return socket;
  const options = takesHeaders ? [{ headers: Object.fromEntries(headers) }] : [];
  try {
    socket.attach(new WebSocket(url.replace(/^http/, 'ws'), [...protocols], ...options));
  } catch {
    // The platform's own error may quote the address or a protocol, and with it a token.
    const message = 'The runtime refuses this socket: a page of https needs a baseUrl of https.';
    socket.fail(new SpeechError('invalid-request', message));
  }
  return socket;
}
