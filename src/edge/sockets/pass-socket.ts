import type { Fetch } from '../../core/client-options.ts';
import type { WebSocketClass } from '../../core/web-socket-like.ts';
import { socketAcceptor, upgradeResponse, type AcceptSocket } from './accept-socket.ts';
import { closeSocket } from './close-socket.ts';
import { openUpstreamSocket } from './open-upstream-socket.ts';
import { Refusal } from '../refusal.ts';
import { SocketRelay } from './socket-relay.ts';
import { SocketEvents } from './socket-events.ts';
import type { Verdict } from '../limits/speech-limits.ts';

/** How sockets are had where the runtime's own way is not wanted, or there is none. */
export interface SocketRuntime {
  /** Used where sockets are opened by `fetch`: in workerd. */
  readonly fetch?: Fetch | undefined;
  /** Opens sockets to the service; it must take headers, as the class of the package `ws` does. */
  readonly WebSocket?: WebSocketClass | undefined;
  /** Lets a page in. */
  readonly accept?: AcceptSocket | undefined;
}

/** What is counted while a socket is open. */
export interface SocketCounting {
  /** Characters (code points) of all messages together. */
  readonly charactersPerRequest: number | undefined;
  /** Seconds after which the page's socket is closed with 1001, whatever is being said. */
  readonly sessionSeconds: number | undefined;
  /** Seconds in which neither side says anything, after which it is closed with 4408. */
  readonly idleSeconds: number;
  /**
   * Takes characters from the budget, several messages' at a time. No text is sent before it was taken; what was taken and
   * not sent is to be given back at the end.
   */
  readonly reserve: ((characters: number) => Promise<Verdict>) | undefined;
}

/** How a socket ended. */
export interface SocketPassEnd {
  /** Code points of the text that was sent to the service. */
  readonly characters: number;
  /** Of the frames that the page was sent; of a text frame, its UTF-16 units. */
  readonly bytes: number;
  /** Of the page's close: the one it was sent, or its own; 1005 for none, 1006 where the page was lost. */
  readonly code: number;
}

/** A page's handshake that was granted, and what it is to be connected to. */
export interface SocketPass {
  /** The service's address, http or https; path and query are the gateway's. */
  readonly url: string;
  /** All that the service is told: the key. */
  readonly headers: Headers;
  /** `stream-input` or `multi-stream-input`. */
  readonly call: 'connect' | 'connectMulti';
  /** The subprotocol to select, which is never the one that holds the token. */
  readonly protocol: string | undefined;
  /** The page's handshake; its signal, where the runtime has one abort, ends the attempt to reach the service. */
  readonly request: Request;
  /** Seconds until the service must have agreed. */
  readonly openTimeout: number;
  readonly runtime: SocketRuntime;
  /** Without it frames are passed on natively where the runtime can, else by a relay without limits. */
  readonly counting: SocketCounting | undefined;
  /** Called once: when a relay ends, and when none comes to be. Of a socket that is passed on natively nothing is known. */
  readonly onEnd: (end: SocketPassEnd) => void;
}

/**
 * Connects a page with the service: the service first, so that the page is let in only where it is. Of the page's messages
 * the service gets what the call knows, of the service's errors the page gets what concerns it.
 *
 * @throws Refusal when the service does not agree or this runtime has no sockets; the request's reason when the page has left
 */
export async function passSocket(pass: SocketPass): Promise<Response> {
  const { request, protocol, runtime, call, counting, onEnd } = pass;
  try {
    const accept = socketAcceptor(runtime.accept);
    const { native, events } = await openUpstreamSocket(pass);
    if (native && !counting && !runtime.accept) return upgradeResponse(native, protocol);
    const service = events();
    try {
      const { response, socket } = accept(request, protocol);
      socket.binaryType = 'arraybuffer';
      new SocketRelay({ page: new SocketEvents(socket), service, call, counting, onEnd }).start();
      return response;
    } catch (error) {
      service.stop();
      closeSocket(service.socket, { code: 1001, reason: '' });
      throw error;
    }
  } catch (error) {
    onEnd({ characters: 0, bytes: 0, code: error instanceof Refusal ? 4000 + error.status : 1006 });
    throw error;
  }
}
