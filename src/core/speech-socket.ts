/** How a socket ended: the code and reason of its close frame; 1006 when the connection was lost, or never opened. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

/** A WebSocket of text frames as streams, whatever opened it. Aborting the signal that it was opened with closes it. */
export interface SpeechSocket {
  /** Settles once the socket is open; rejects with a SpeechError when it can't be opened. */
  readonly opened: Promise<void>;
  /** Settles once the socket is closed, whoever closed it; never rejects. */
  readonly closed: Promise<SocketEnd>;
  /** The text frames that come, in order; ends with the connection. */
  readonly readable: ReadableStream<string>;
  /** Each chunk is sent as one text frame, once the connection has room for it. Closing it closes the socket. */
  readonly writable: WritableStream<string>;
}
