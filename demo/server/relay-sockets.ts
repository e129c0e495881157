import type { WebSocket } from 'ws';
import { withoutCredentials } from './without-credentials.ts';

/** Bytes that may wait for one side before the other one is held. */
const mostWaiting = 1_000_000;

/** Passes the messages of two open sockets on to each other; when one is over, so is the other. */
export function relaySockets(page: WebSocket, service: WebSocket): void {
  page.on('message', (data: Buffer, isBinary) => {
    if (page.readyState !== page.OPEN) return;
    const message = isBinary ? undefined : withoutCredentials(data.toString());
    if (message === undefined) page.close(1003, 'Messages are text frames that hold a JSON object.');
    else pass(message, page, service);
  });
  service.on('message', (data: Buffer, isBinary) => pass(isBinary ? data : data.toString(), service, page));
  // To the service, a page that is lost has gone away; to the page, a service that is lost is a bad gateway.
  closeTogether(page, service, 1001);
  closeTogether(service, page, 1014);
}

function pass(message: string | Buffer, from: WebSocket, to: WebSocket): void {
  if (to.readyState !== to.OPEN) return;
  to.send(message, () => {
    if (from.isPaused && to.bufferedAmount < mostWaiting / 2) from.resume();
  });
  if (to.bufferedAmount > mostWaiting) from.pause();
}

/** Ends `other` when `socket` is over; `lost` is told where the connection broke, for which no code can be sent. */
function closeTogether(socket: WebSocket, other: WebSocket, lost: number): void {
  // What breaks the protocol is answered by the library.
  socket.on('error', () => {});
  socket.once('close', (code, reason) => {
    // A side that is held would not hear the answer to its close.
    other.resume();
    if (code === 1005) other.close();
    else if (code === 1006 || code === 1015) other.close(lost);
    else other.close(code, reason);
  });
}
