import type { WebSocket } from 'ws';
import type { Faults } from '../wire/faults.ts';
import type { AudioFrame } from './cut-frames.ts';
import { audioFrame, errorFrame, finalFrame } from './server-frame.ts';
import { SocketError } from './socket-error.ts';

/** No close frame holds a longer reason, in bytes. */
const longestReason = 123;
const flushInterval = 5;

/** A WebSocket as the server's end writes to it, with the faults that were asked for. Once it is over nothing more is sent. */
export class SocketConnection {
  readonly faults: Faults;
  readonly #socket: WebSocket;
  readonly #over = new AbortController();
  readonly #idleTimer: NodeJS.Timeout;
  #audioFrames = 0;

  /** `inactivityTimeout` is in seconds. */
  constructor(socket: WebSocket, faults: Faults, inactivityTimeout: number) {
    this.#socket = socket;
    this.faults = faults;
    this.#idleTimer = setTimeout(() => this.fail(inputTimeout(inactivityTimeout)), inactivityTimeout * 1000);
    socket.once('close', () => this.#end());
  }

  /** Aborted once nothing more is sent, whoever ended it. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Has the client's silence count from now. */
  touch(): void {
    if (!this.signal.aborted) this.#idleTimer.refresh();
  }

  /** Says that nothing more is expected of the client. */
  stopWaiting(): void {
    clearTimeout(this.#idleTimer);
  }

  /** Sends audio; resolves once the connection has taken it. `offset` is where its generation begins, in milliseconds. */
  async sendAudio(frame: AudioFrame, contextId: string | undefined, offset: number): Promise<void> {
    if (this.signal.aborted || this.#befall()) return;
    const message = audioFrame(frame, contextId, offset, this.faults);
    this.#audioFrames++;
    if (this.faults.null_alignment && this.#audioFrames % this.faults.null_alignment === 0) {
      message['alignment'] = null;
      message['normalizedAlignment'] = null;
    }
    await new Promise<void>((resolve) => {
      this.#socket.send(JSON.stringify(message), () => resolve());
    });
  }

  /** Tells the end of a context. */
  sendFinal(contextId: string | undefined): void {
    if (this.signal.aborted || this.#befall() || this.faults.no_final) return;
    this.#send(finalFrame(contextId, this.faults));
  }

  /** Tells an error and closes. */
  fail(error: SocketError, contextId?: string): void {
    if (this.signal.aborted) return;
    this.#send(errorFrame(error, contextId, this.faults));
    this.close(error.code, error.message);
  }

  close(code = 1000, reason = ''): void {
    if (this.signal.aborted) return;
    this.#end();
    this.#socket.close(
      code,
      Buffer.from(reason)
        .subarray(0, longestReason)
        .toString()
        .replace(/\uFFFD$/, ''),
    );
  }

  /** Closes the connection in the middle of it, once what was sent has left. */
  #drop(): void {
    this.#end();
    const timer = setInterval(() => {
      if (this.#socket.bufferedAmount > 0) return;
      clearInterval(timer);
      this.#socket.terminate();
    }, flushInterval);
    this.#socket.once('close', () => clearInterval(timer));
  }

  /** Has a fault that ends the connection come in place of the next frame, if it is its turn. */
  #befall(): boolean {
    const {
      socket_drop,
      socket_close,
      socket_close_after = 0,
      error_frame,
      error_code = 'quota_exceeded',
    } = this.faults;
    if (this.#audioFrames === socket_drop) this.#drop();
    else if (socket_close !== undefined && this.#audioFrames === socket_close_after) this.close(socket_close);
    else if (this.#audioFrames === error_frame)
      this.fail(new SocketError(error_code, 'The client asked for an error.'));
    return this.signal.aborted;
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify(message), () => {});
  }

  #end(): void {
    clearTimeout(this.#idleTimer);
    this.#over.abort();
  }
}

function inputTimeout(seconds: number): SocketError {
  return new SocketError(
    'input_timeout_exceeded',
    `No message has come for ${seconds} seconds, the inactivity_timeout of this connection, so it is closed. ` +
      'Send text, or keep it alive with a message that holds none.',
  );
}
