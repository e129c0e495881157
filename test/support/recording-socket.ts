import { WebSocket } from 'ws';
import type { WebSocketClass } from '../../src/core/web-socket-like.ts';

/** What a client said on one connection. */
export interface RecordedConnection {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly messages: readonly Readonly<Record<string, unknown>>[];
}

/** A WebSocket class of the package `ws` that keeps what is sent over each of its sockets. */
export function createRecordingSocket(): {
  readonly WebSocket: WebSocketClass;
  readonly connections: readonly RecordedConnection[];
} {
  const connections: RecordedConnection[] = [];
  class RecordingSocket extends WebSocket {
    readonly #messages: Readonly<Record<string, unknown>>[] = [];

    constructor(url: string, protocols?: string | string[], options?: { headers?: { [name: string]: string } }) {
      super(url, protocols, options);
      connections.push({ url: new URL(url), headers: options?.headers ?? {}, messages: this.#messages });
    }

    override send(text: string): void {
      this.#messages.push(JSON.parse(text) as Readonly<Record<string, unknown>>);
      super.send(text);
    }
  }
  return { WebSocket: RecordingSocket, connections };
}

/** The text that was sent for a context, or for the connection that has none, without the white space around it. */
export function sentText({ messages }: RecordedConnection, contextId?: string): string {
  return messages
    .filter((message) => message['context_id'] === contextId)
    .map(({ text = '' }) => text as string)
    .join('')
    .trim();
}
