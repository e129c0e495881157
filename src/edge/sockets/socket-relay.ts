import { startTimer } from '../../core/wait.ts';
import type { WebSocketEvent, WebSocketLike } from '../../core/web-socket-like.ts';
import { Refusal } from '../refusal.ts';
import type { PageSocket } from './accept-socket.ts';
import { BackPressure } from './back-pressure.ts';
import { closeCodeForService, closeForPage, isSendable, lostConnection, type SocketClose } from './close-code.ts';
import { closeSocket } from './close-socket.ts';
import { frameForPage } from './frame-for-page.ts';
import { IdleTimer } from './idle-timer.ts';
import { readSocketMessage } from './read-socket-message.ts';
import type { SocketCounting } from './socket-counting.ts';
import type { SocketEvents } from './socket-events.ts';
import { TextReserve } from './text-reserve.ts';

/** What a relay stands between, and what it heeds. */
export interface SocketRelayOptions {
  readonly page: SocketEvents<PageSocket>;
  /** Open. */
  readonly service: SocketEvents<WebSocketLike>;
  readonly call: 'connect' | 'connectMulti';
  readonly counting: SocketCounting | undefined;
  readonly onEnd: (end: SocketPassEnd) => void;
}

/** How a socket ended. */
export interface SocketPassEnd {
  /** Code points of the text that was sent to the service. */
  readonly characters: number;
  /** Of the frames that the page was sent; of a text frame, its UTF-16 units. */
  readonly bytes: number;
  /** Of the page's close: the one it was sent, or its own; 1005 for none, 1006 where the page was lost. */
  readonly code: number;
}

const isOpen = 1;
/** Bytes of a message of the page's at most. */
const longestMessage = 65_536;
/** Bytes that may wait on their way to the service, where the runtime tells. */
const mostBuffered = 1_048_576;

/** Passes messages of a page on to the service and the service's frames to the page, until one of them closes or a limit is met. */
export class SocketRelay {
  readonly #options: SocketRelayOptions;
  readonly #text: TextReserve;
  readonly #idle: IdleTimer;
  readonly #backPressure: BackPressure;
  readonly #stopSession: () => void;
  #bytes = 0;
  #isEnded = false;

  constructor(options: SocketRelayOptions) {
    this.#options = options;
    const { counting } = options;
    this.#backPressure = new BackPressure(options.page.socket, options.service.socket);
    this.#text = new TextReserve({
      charactersPerRequest: counting?.charactersPerRequest ?? Infinity,
      reserve: counting?.reserve,
      send: (json) => this.#sendToService(json),
      refuse: (refusal) => this.#refuse(refusal),
    });
    // The client takes up what either of them cut off: over a new connection, with a fresh token.
    this.#idle = new IdleTimer(counting?.idleSeconds ?? Infinity, () => {
      this.#end({ code: 4408, reason: 'input_timeout_exceeded' });
    });
    this.#stopSession = startTimer(counting?.sessionSeconds ?? Infinity, () => {
      this.#end({ code: 1001, reason: 'session_ended' });
    });
  }

  start(): void {
    const { page, service } = this.#options;
    page.listen(this.#onPage);
    // Until the page can be sent frames, those of the service are held.
    if (page.socket.readyState === isOpen && !this.#isEnded) service.listen(this.#onService);
  }

  readonly #onPage = ({ type, data, code = lostConnection }: WebSocketEvent): void => {
    if (this.#isEnded) return;
    if (type === 'open') this.#options.service.listen(this.#onService);
    else if (type === 'message') this.#hear(data);
    else this.#leave(type === 'close' ? code : lostConnection);
  };

  readonly #onService = ({ type, data, code = lostConnection, reason = '' }: WebSocketEvent): void => {
    if (this.#isEnded) return;
    if (type === 'message') this.#pass(data);
    // workerd tells of some losses by an error without a close.
    else if (type === 'error') this.#end(closeForPage({ code: lostConnection, reason: '' }));
    else if (type === 'close') this.#end(closeForPage({ code, reason }), closeCodeForService(code));
  };

  #hear(data: unknown): void {
    if (typeof data !== 'string') return this.#refuse(new Refusal('invalid_request', 'A message is not text.'));
    if (isLonger(data, longestMessage)) return this.#end({ code: 1009, reason: 'message_too_long' });
    try {
      const message = readSocketMessage(this.#options.call, data);
      if (!message) return;
      this.#idle.touch();
      this.#text.add(message);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refuse(error);
    }
  }

  #sendToService(json: string): void {
    const { socket } = this.#options.service;
    if ((socket.bufferedAmount ?? 0) > mostBuffered) {
      return this.#refuse(new Refusal('too_many_requests', 'More text waits than allowed: send it more slowly.'));
    }
    try {
      socket.send(json);
    } catch {
      this.#end(closeForPage({ code: lostConnection, reason: '' }));
    }
  }

  #pass(data: unknown): void {
    this.#idle.touch();
    const frame = typeof data === 'string' ? frameForPage(data) : (data as ArrayBuffer);
    try {
      this.#options.page.socket.send(frame);
    } catch {
      return this.#leave(lostConnection);
    }
    this.#bytes += typeof frame === 'string' ? frame.length : frame.byteLength;
    if (!this.#backPressure.check()) {
      this.#refuse(new Refusal('too_many_requests', 'More speech waits than allowed: read it faster.'));
    }
  }

  #refuse({ status, code }: Refusal): void {
    this.#end({ code: 4000 + status, reason: code });
  }

  /** The page has closed its socket, or lost it. */
  #leave(code: number): void {
    // Its close is answered with the same code.
    this.#end({ code: isSendable(code) ? code : undefined, reason: '' }, closeCodeForService(code), code);
  }

  #end(forPage: SocketClose, forService = 1000, code: number = forPage.code ?? 1005): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#idle.stop();
    this.#stopSession();
    this.#text.stop();
    this.#backPressure.stop();
    const { page, service, onEnd } = this.#options;
    page.stop();
    service.stop();
    closeSocket(page.socket, forPage);
    closeSocket(service.socket, { code: forService, reason: '' });
    onEnd({ characters: this.#text.sent, bytes: this.#bytes, code });
  }
}

function isLonger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  return text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes;
}
