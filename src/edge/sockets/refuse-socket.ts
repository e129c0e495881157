import type { Refusal } from '../refusal.ts';
import { socketAcceptor } from './accept-socket.ts';
import { closeSocket } from './close-socket.ts';
import { SocketEvents } from './socket-events.ts';
import type { SocketRuntime } from './socket-runtime.ts';

/**
 * The answer to a handshake that is refused. A browser shows its page no status of one: where the page has offered `protocol`,
 * its socket is let in and closed at once, with 4000 and the status as the code, and the refusal's code as the reason.
 */
export function refuseSocket(
  refusal: Refusal,
  protocol: string | undefined,
  runtime: SocketRuntime,
  request: Request,
): Response {
  if (protocol === undefined) return refusal.toResponse();
  try {
    const { response, socket } = socketAcceptor(runtime.accept)(request, protocol);
    // Nobody hears what a page says that is refused; an error of `ws` that nobody listens to ends the process.
    new SocketEvents(socket).stop();
    closeSocket(socket, { code: 4000 + refusal.status, reason: refusal.code });
    return response;
  } catch {
    return refusal.toResponse();
  }
}
