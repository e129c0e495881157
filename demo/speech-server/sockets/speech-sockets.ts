import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { errorResponse } from '../wire/error-response.ts';
import { randomId } from '../wire/random-id.ts';
import { brokenJson } from '../wire/status-error.ts';
import type { ClientMessage } from './client-message.ts';
import { parseClientMessage } from './client-message.ts';
import { BrokenRefusal, Handshakes } from './handshakes.ts';
import type { Handshake, SpeechSocketsOptions } from './handshakes.ts';
import { MultiStreamInput } from './multi-stream-input.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { SocketConnection } from './socket-connection.ts';
import { asSocketError, SocketError } from './socket-error.ts';
import type { SocketProtocol } from './socket-protocol.ts';
import { StreamInput } from './stream-input.ts';

/** In bytes. */
const longestMessage = 1_000_000;

/** The two text-to-speech WebSockets. */
export class SpeechSockets {
  readonly #options: SpeechSocketsOptions;
  readonly #handshakes: Handshakes;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessage,
    clientTracking: false,
    handleProtocols: () => false,
  });
  readonly #protocols = new Map<WebSocket, SocketProtocol>();
  /** The connections of every handshake, whatever became of it. */
  readonly #connections = new Set<Duplex>();

  constructor(options: SpeechSocketsOptions) {
    this.#options = options;
    this.#handshakes = new Handshakes(options);
  }

  get openSockets(): number {
    return this.#protocols.size;
  }

  /** Contexts that are open or still speaking, on all sockets. */
  get openContexts(): number {
    return [...this.#protocols.values()].reduce((count, protocol) => count + protocol.openContexts, 0);
  }

  /** Answers a request for an upgrade: with a WebSocket, or with the status and body that an HTTP call has for that error. */
  async upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): Promise<void> {
    const requestId = randomId();
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
    connection.on('error', () => {});
    try {
      const handshake = await this.#handshakes.check(request, connection);
      if (connection.destroyed) return;
      this.#server.handleUpgrade(request, connection, head, (socket) => this.#open(socket, handshake));
    } catch (error) {
      if (error instanceof BrokenRefusal) {
        refuseUpgrade(connection, { status: 500, headers: error.headers, body: brokenJson });
        return;
      }
      const { status, headers, body } = errorResponse(error, requestId);
      refuseUpgrade(connection, { status, headers, body: JSON.stringify(body) });
    }
  }

  /** Closes every connection. */
  close(): void {
    for (const socket of this.#protocols.keys()) socket.close(1001);
    for (const connection of this.#connections) connection.destroy();
  }

  #open(socket: WebSocket, { call, request, faults, isAuthenticated }: Handshake): void {
    const connection = new SocketConnection(socket, faults, request.inactivityTimeout);
    const { synthesizer, maximumSpeeches } = this.#options;
    const parts = { connection, synthesizer, maximumSpeeches, request };
    const protocol =
      call === 'stream-input' ? new StreamInput(parts, isAuthenticated) : new MultiStreamInput(parts, isAuthenticated);
    this.#protocols.set(socket, protocol);
    connection.signal.addEventListener('abort', () => protocol.stop());
    socket.once('close', () => this.#protocols.delete(socket));
    // What the client does against the protocol is answered by the library: 1002, 1007 or 1009.
    socket.on('error', () => {});
    socket.on('message', (data: Buffer, isBinary) => {
      if (connection.signal.aborted) return;
      connection.touch();
      let message: ClientMessage | undefined;
      try {
        if (isBinary) throw new SocketError('invalid_message', 'Messages are text frames that hold JSON.', 1003);
        message = parseClientMessage(data.toString());
        protocol.receive(message);
      } catch (error) {
        connection.fail(asSocketError(error), message?.contextId);
      }
    });
  }
}
