import { onAbort } from './abortable.ts';
import { errorFromClose } from './error-from-close.ts';
import { errorFromHandshake } from './error-from-handshake.ts';
import type { SocketEnd, SpeechSocket } from './speech-socket.ts';
import { wait } from './wait.ts';
import type { WebSocketEvent, WebSocketLike } from './web-socket-like.ts';

/** Bytes that may wait to be sent before the writer waits as well. */
const mostBuffered = 65_536;
/** Seconds between two looks at them; no event tells when they are sent. */
const lookInterval = 0.01;

const isOpen = 1;
const normalClosure = 1000;
const lost: SocketEnd = { code: 1006, reason: '' };

/** A {@link SpeechSocket} whose WebSocket is attached to it, now or later. */
export class SocketStreams implements SpeechSocket {
  readonly opened: Promise<void>;
  readonly closed: Promise<SocketEnd>;
  readonly readable: ReadableStream<string>;
  readonly writable: WritableStream<string>;

  #webSocket: WebSocketLike | undefined;
  #frames: ReadableStreamDefaultController<string> | undefined;
  #texts: WritableStreamDefaultController | undefined;
  #hasOpened = false;
  #resolveOpened!: () => void;
  #rejectOpened!: (reason: unknown) => void;
  #resolveClosed!: (end: SocketEnd) => void;
  // Aborted at the end; its reason is what a write is then rejected with.
  readonly #ended = new AbortController();

  /** @param signal Closes the socket. */
  constructor(signal: AbortSignal) {
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve;
      this.#rejectOpened = reject;
    });
    // Nobody has to look at it: writes are rejected with the same reason.
    this.opened.catch(() => {});
    this.closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.readable = new ReadableStream({
      start: (controller) => void (this.#frames = controller),
      cancel: (reason) => {
        this.#frames = undefined;
        this.#close(reason);
      },
    });
    this.writable = new WritableStream<string>({
      start: (controller) => {
        this.#texts = controller;
        // The method `abort` of a sink is only called once the write under way has ended.
        onAbort(controller.signal, (reason) => {
          this.#texts = undefined;
          this.#close(reason);
        });
        return this.opened;
      },
      write: (text, { signal: aborted }) => this.#send(text, aborted),
      close: async () => {
        this.#texts = undefined;
        this.#close();
        await this.closed;
      },
    });
    const unfollow = onAbort(signal, (reason) =>
      this.#end(this.#hasOpened ? { code: normalClosure, reason: '' } : lost, reason),
    );
    void this.closed.then(unfollow);
  }

  /** Aborts once the socket has ended, so that an attempt to open it ends as well. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Takes a WebSocket that is open or will be. */
  attach(webSocket: WebSocketLike): void {
    // Never removed: of `ws`, an error that nobody listens to ends the process.
    webSocket.addEventListener('error', ignore);
    if (this.ended.aborted) return closeNow(webSocket);
    this.#webSocket = webSocket;
    webSocket.binaryType = 'arraybuffer';
    webSocket.addEventListener('open', this.#onOpen);
    webSocket.addEventListener('message', this.#onMessage);
    webSocket.addEventListener('error', this.#onError);
    webSocket.addEventListener('close', this.#onClose);
    if (webSocket.readyState === isOpen) this.#onOpen();
  }

  /** Ends the socket as one that was lost, or never opened. */
  fail(error: unknown = errorFromClose(lost)): void {
    this.#end(lost, error);
  }

  readonly #onOpen = (): void => {
    this.#hasOpened = true;
    this.#resolveOpened();
  };

  readonly #onMessage = ({ data }: WebSocketEvent): void => {
    this.#frames?.enqueue(typeof data === 'string' ? data : new TextDecoder().decode(data as ArrayBuffer));
  };

  // Once the socket is open, a close follows, which may know more.
  readonly #onError = (event: WebSocketEvent): void => {
    if (!this.#hasOpened) this.fail(errorFromHandshake(event));
  };

  readonly #onClose = ({ code = lost.code, reason = '' }: WebSocketEvent): void => {
    if (!this.#hasOpened) return this.fail(errorFromHandshake({}));
    const end = { code, reason };
    this.#end(end, errorFromClose(end));
  };

  async #send(text: string, aborted: AbortSignal): Promise<void> {
    const webSocket = this.#webSocket;
    if (webSocket?.readyState !== isOpen) {
      // A socket that is closing drops what it is given and says nothing.
      await this.closed;
      throw this.ended.reason;
    }
    webSocket.send(text);
    while ((webSocket.bufferedAmount ?? 0) > mostBuffered && !aborted.aborted) await wait(lookInterval, this.ended);
  }

  /** Closes the socket from this side; it ends when the other side agrees. */
  #close(reason?: unknown): void {
    if (this.#hasOpened) this.#webSocket?.close(normalClosure);
    else this.fail(reason ?? new DOMException('The socket was closed before it was open.', 'AbortError'));
  }

  #end(end: SocketEnd, error: unknown): void {
    if (this.ended.aborted) return;
    this.#ended.abort(error);
    this.#rejectOpened(error);
    this.#frames?.close();
    this.#texts?.error(error);
    const webSocket = this.#webSocket;
    this.#webSocket = this.#frames = this.#texts = undefined;
    webSocket?.removeEventListener('open', this.#onOpen);
    webSocket?.removeEventListener('message', this.#onMessage);
    webSocket?.removeEventListener('error', this.#onError);
    webSocket?.removeEventListener('close', this.#onClose);
    if (webSocket) closeNow(webSocket);
    this.#resolveClosed(end);
  }
}

function closeNow(webSocket: WebSocketLike): void {
  try {
    webSocket.close(normalClosure);
  } catch {
    // A class may refuse it while it connects.
    webSocket.addEventListener('open', () => webSocket.close(normalClosure));
  }
}

function ignore(): void {}
