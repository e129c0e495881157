import type { MessageFields, TextPiece } from './outgoing-text.ts';

/** How one of the two calls spells what it says; a context id is given where there are contexts. */
export interface SocketDialect {
  readonly call: 'stream-input' | 'multi-stream-input';
  /** The field of the first message that may hold the API key. */
  readonly keyField: string;
  /** Begins a speech; `fields` hold its voice, and the credentials of the connection. */
  begin(contextId: string, fields: MessageFields): object;
  text(contextId: string, piece: TextPiece): object;
  /** Has all that was sent spoken, where that must be said before the end; none where the end says it. */
  flush(contextId: string): readonly object[];
  /** Says that no text follows. */
  end(contextId: string): readonly object[];
  /** Says that nothing more is wanted. */
  cancel(contextId: string): readonly object[];
  /** Keeps the connection open while there is nothing to say. */
  keepAlive(contextId: string): object;
  /** Asks the service to end the connection; where it has no word for that, the socket is closed. */
  close(): readonly object[];
}

/** `stream-input`: one speech a connection. Empty text ends it; a space says nothing. */
export const streamInput: SocketDialect = {
  call: 'stream-input',
  keyField: 'xi-api-key',
  begin: (_, fields) => ({ text: ' ', ...fields }),
  text: (_, { text, fields }) => ({ text, ...fields }),
  flush: () => [],
  end: () => [{ text: '' }],
  cancel: () => [],
  keepAlive: () => ({ text: ' ' }),
  // Empty text would have the service speak the rest first.
  close: () => [],
};

/** `multi-stream-input`: several speeches a connection. Empty text says nothing; a flush alone brings no final message. */
export const multiStreamInput: SocketDialect = {
  call: 'multi-stream-input',
  keyField: 'xi_api_key',
  begin: (context_id, fields) => ({ text: ' ', ...fields, context_id }),
  text: (context_id, { text, fields }) => ({ text, ...fields, context_id }),
  flush: (context_id) => [{ context_id, flush: true }],
  end: (context_id) => [{ context_id, close_context: true }],
  // The first lets be spoken what was flushed; the second ends that as well.
  cancel: (context_id) => [
    { context_id, close_context: true },
    { context_id, close_context: true },
  ],
  keepAlive: (context_id) => ({ text: '', context_id }),
  close: () => [{ close_socket: true }],
};
