import { Refusal } from '../refusal.ts';
import { socketAcceptor, upgradeResponse } from './accept-socket.ts';
import { closeSocket } from './close-socket.ts';
import { openUpstreamSocket, type UpstreamOpening } from './open-upstream-socket.ts';
import type { SocketCounting } from './socket-counting.ts';
import { SocketEvents } from './socket-events.ts';
import { SocketRelay, type SocketPassEnd } from './socket-relay.ts';

/** A page's handshake that was granted, and what it is to be connected to. */
export interface SocketPass extends UpstreamOpening {
  /** `stream-input` or `multi-stream-input`. */
  readonly call: 'connect' | 'connectMulti';
  /** The subprotocol to select, which is never the one that holds the token. */
  readonly protocol: string | undefined;
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
