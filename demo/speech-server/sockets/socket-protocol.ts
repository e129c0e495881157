import type { ClientMessage } from './client-message.ts';

/** What one of the two calls makes of its client's messages. */
export interface SocketProtocol {
  /** Contexts that are open or still speaking. */
  readonly openContexts: number;
  /** Throws the error that ends the connection. */
  receive(message: ClientMessage): void;
  /** Stops all speech; the connection is over. */
  stop(): void;
}
