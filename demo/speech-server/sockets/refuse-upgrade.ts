import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** What a handshake is refused with. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

/** Answers a handshake with an HTTP response and closes the connection. */
export function refuseUpgrade(socket: Duplex, { status, headers, body }: Refusal): void {
  const all = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
}
