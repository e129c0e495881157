import type { PageSocket } from './accept-socket.ts';
import type { SocketClose } from './close-code.ts';

const connecting = 0;

/** Closes a socket, as soon as it is open. */
export function closeSocket(socket: Omit<PageSocket, 'send'>, close: SocketClose): void {
  if (socket.readyState !== connecting) return closeNow(socket, close);
  const onOpen = (): void => {
    socket.removeEventListener('open', onOpen);
    closeNow(socket, close);
  };
  socket.addEventListener('open', onOpen);
}

function closeNow(socket: Omit<PageSocket, 'send'>, { code, reason }: SocketClose): void {
  try {
    if (code === undefined) socket.close();
    else socket.close(code, reason);
  } catch {
    // Some classes send no codes but an application's own, and some fail when the connection is lost.
    closeAnyhow(socket);
  }
}

function closeAnyhow(socket: Omit<PageSocket, 'send'>): void {
  try {
    socket.close(4500);
  } catch {
    // It is gone.
  }
}
