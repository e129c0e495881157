import { connect, type Socket } from 'node:net';

/** A request byte by byte, and the status that it is answered with. */
export interface RawRequest {
  readonly socket: Socket;
  write(text: string): void;
  /** Resolves with the status; `undefined` when the connection is closed without one. */
  readonly status: Promise<number | undefined>;
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>;
}

/** Begins a request that no well-behaved client would send. */
export function beginRequest(
  url: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): RawRequest {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  socket.write([`${method} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
  let received = '';
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const status = new Promise<number | undefined>((resolve) => {
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      const [, code] = /^HTTP\/1\.1 (\d{3})/.exec(received) ?? [];
      if (code !== undefined) resolve(Number(code));
    });
    void closed.then(() => resolve(undefined));
  });
  return { socket, status, closed, write: (text) => void socket.write(text) };
}
