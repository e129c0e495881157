/** What is read of the events of a WebSocket, of whatever type they are. */
export interface WebSocketEvent {
  readonly type: string;
  /** Of a message. */
  readonly data?: unknown;
  /** Of a close. */
  readonly code?: number;
  readonly reason?: string;
  /** Of an error, where the runtime says more than that there is one. */
  readonly message?: string;
  readonly error?: unknown;
}

/** The part of the platform's WebSocket that is used. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  /** Bytes that wait to be sent, where the runtime tells. */
  readonly bufferedAmount?: number;
  send(text: string): void;
  close(code: number): void;
  addEventListener(type: 'open' | 'message' | 'error' | 'close', listener: (event: WebSocketEvent) => void): void;
  removeEventListener(type: 'open' | 'message' | 'error' | 'close', listener: (event: WebSocketEvent) => void): void;
}

/** A WebSocket class: a runtime's own, or the one of the package `ws`, which takes headers. */
export type WebSocketClass = new (
  url: string,
  protocols?: string | string[],
  options?: { headers?: { [name: string]: string } },
) => WebSocketLike;
