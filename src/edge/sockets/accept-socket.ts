import type { WebSocketLike } from '../../core/web-socket-like.ts';
import { Refusal } from '../refusal.ts';

/** The part of a server's WebSocket that is used for a page. */
export interface PageSocket extends Omit<WebSocketLike, 'send' | 'close'> {
  send(data: string | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
}

/** A page that was let in, or will be once its request is answered by `response`. */
export interface AcceptedSocket {
  readonly response: Response;
  readonly socket: PageSocket;
}

/**
 * Lets a page's socket in. Only `protocol` is selected of the subprotocols that it offers; without one, none. Frames that come
 * before it returns are lost.
 */
export type AcceptSocket = (request: Request, protocol: string | undefined) => AcceptedSocket;

/** workerd's half of a WebSocket. */
export interface WorkerSocket extends PageSocket {
  accept(options?: { readonly allowHalfOpen?: boolean }): void;
}

interface Runtime {
  readonly WebSocketPair?: new () => { readonly 0: WorkerSocket; readonly 1: WorkerSocket };
  readonly Deno?: { readonly upgradeWebSocket?: (request: Request, options: object) => AcceptedSocket };
}

/**
 * This runtime's way to let a page in, unless the app brings its own.
 *
 * @throws Refusal `sockets_unsupported` where there is none
 */
export function socketAcceptor(own: AcceptSocket | undefined): AcceptSocket {
  const { WebSocketPair, Deno } = globalThis as unknown as Runtime;
  if (own) return own;
  if (WebSocketPair) {
    return (_, protocol) => {
      const { 0: client, 1: socket } = new WebSocketPair();
      takeWorkerSocket(socket);
      return { response: upgradeResponse(client, protocol), socket };
    };
  }
  if (Deno?.upgradeWebSocket) {
    return (request, protocol) => {
      const accepted = Deno.upgradeWebSocket?.(request, {});
      if (!accepted) throw unsupported();
      // Set here: Deno itself finds a protocol only where a space follows each comma of the offer.
      if (protocol !== undefined) accepted.response.headers.set('sec-websocket-protocol', protocol);
      return accepted;
    };
  }
  throw unsupported();
}

/** workerd's answer that lets a page in at `webSocket`. */
export function upgradeResponse(webSocket: WorkerSocket, protocol: string | undefined): Response {
  const headers: HeadersInit = protocol === undefined ? {} : { 'sec-websocket-protocol': protocol };
  const init: ResponseInit & { readonly webSocket: WorkerSocket } = { status: 101, webSocket, headers };
  return new Response(null, init);
}

/** Has workerd deliver the frames of a socket here. */
export function takeWorkerSocket(socket: WorkerSocket): void {
  socket.binaryType = 'arraybuffer';
  // Else a close is answered before the other side's is known.
  socket.accept({ allowHalfOpen: true });
}

function unsupported(): Refusal {
  return new Refusal('sockets_unsupported', 'This server takes no WebSockets.');
}
