import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';

/** What a client says in one message, whichever of its fields are there. */
type ClientMessage = Readonly<Record<string, unknown>>;

/** A connection as the server saw it. */
export interface ServedConnection {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly messages: readonly ClientMessage[];
  readonly socket: WebSocket;
  /** Sends frames, as JSON. */
  readonly send: (...frames: readonly unknown[]) => void;
}

/** How connections are served; what is left out is ignored. */
export interface SocketHandler {
  /** Whether it closes the socket when it is asked to; default true. */
  readonly hangsUp?: boolean;
  /** The status that the handshake is refused with. */
  readonly refuse?: (index: number, headers: IncomingHttpHeaders) => number | undefined;
  readonly open?: (connection: ServedConnection, index: number) => void;
  readonly message?: (connection: ServedConnection, message: ClientMessage, index: number) => void;
}

/** A server of WebSockets that lives as long as the test that started it, and what it was told. */
export interface SocketServer {
  readonly url: string;
  readonly connections: readonly ServedConnection[];
  /** How many handshakes there were, refused ones included. */
  readonly handshakes: number;
  /** Sockets that are open. */
  readonly openSockets: number;
}

export async function startSocketServer(handler: SocketHandler = {}): Promise<SocketServer> {
  const connections: ServedConnection[] = [];
  let handshakes = 0;
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: ({ req }, answer) => {
      const status = handler.refuse?.(handshakes, req.headers);
      handshakes += 1;
      answer(status === undefined, status);
    },
  });
  server.on('connection', (socket, request) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const messages: ClientMessage[] = [];
    const send = (...frames: readonly unknown[]): void => {
      for (const frame of frames) socket.send(JSON.stringify(frame));
    };
    const connection = { path: pathname, query: searchParams, headers: request.headers, messages, socket, send };
    const index = connections.push(connection) - 1;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as ClientMessage;
      messages.push(message);
      handler.message?.(connection, message, index);
      if (message['close_socket'] === true && handler.hangsUp !== false) socket.close(1000);
    });
    handler.open?.(connection, index);
  });
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections,
    get handshakes() {
      return handshakes;
    },
    get openSockets() {
      return server.clients.size;
    },
  };
}

/** A frame with so many milliseconds of silence in `pcm_8000`, in which `text` is spoken. */
export function frameOf(text: string, milliseconds = 100, contextId?: string): object {
  const chars = [...text];
  const duration = Math.floor(milliseconds / Math.max(1, chars.length));
  return {
    audio: Buffer.alloc(milliseconds * 16).toString('base64'),
    isFinal: null,
    alignment: {
      chars,
      charStartTimesMs: chars.map((_, index) => index * duration),
      charDurationsMs: chars.map((_, index) =>
        index === chars.length - 1 ? milliseconds - index * duration : duration,
      ),
    },
    normalizedAlignment: null,
    ...(contextId !== undefined && { contextId }),
  };
}

/** The frame after which nothing comes for a context. */
export function finalFrame(contextId?: string): object {
  return { audio: null, isFinal: true, alignment: null, ...(contextId !== undefined && { contextId }) };
}
