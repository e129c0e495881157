import { ServiceError } from '../wire/service-error.ts';

/** An error that a client gets as a frame, before its WebSocket is closed. */
export class SocketError extends Error {
  override readonly name = 'SocketError';
  /** What the frame calls it: `input_timeout_exceeded`. */
  readonly error: string;
  /** The code of the close frame. */
  readonly code: number;

  constructor(error: string, message: string, code = 1008) {
    super(message);
    this.error = error;
    this.code = code;
  }
}

/** What an error of any kind is to a client; one that isn't known is an internal error, reported on stderr. */
export function asSocketError(error: unknown): SocketError {
  if (error instanceof SocketError) return error;
  if (error instanceof ServiceError) return new SocketError(error.code, error.message);
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return new SocketError('internal_server_error', 'The server could not go on.', 1011);
}
