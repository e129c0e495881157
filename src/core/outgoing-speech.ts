import type { MessageFields, OutgoingText } from './outgoing-text.ts';
import { QuietTimer } from './quiet-timer.ts';
import { segmentWords } from './segment-words.ts';
import type { VoiceOptions } from './session-options.ts';
import type { SocketDialect } from './socket-dialect.ts';

/** Seconds after which a service that was told to speak the rest has nothing to say of it. */
const flushGrace = 2;

/** What goes over one connection for a speech. */
export interface OutgoingSpeechOptions {
  readonly id: string;
  readonly voice: VoiceOptions;
  readonly text: OutgoingText;
  /** Whether the service has begun with the last word of the text. */
  readonly hasAllWords: () => boolean;
  /** Called when there is something to send that nobody asked for. */
  readonly wake: () => void;
}

/**
 * What one connection is told of a speech. An end right behind a flush may overtake it in the service, which then says
 * nothing: between the two it is heard out.
 */
export class OutgoingSpeech {
  readonly #options: OutgoingSpeechOptions;
  readonly #quiet = new QuietTimer(flushGrace, () => this.#allowEnd());
  #told: 'nothing' | 'text' | 'flush' | 'end' = 'nothing';
  /** Whether no word was sent since the last flush: others may be cut off by the end. */
  #isFlushed = true;
  #mayEnd = false;
  #isSilent = false;
  #needsKeepAlive = false;

  constructor(options: OutgoingSpeechOptions) {
    this.#options = options;
  }

  /** Whether the service knows of the speech. */
  get isBegun(): boolean {
    return this.#told !== 'nothing';
  }

  /** Whether the service was told to speak the rest. */
  get isLast(): boolean {
    return this.#told === 'flush' || this.#told === 'end';
  }

  /** Whether the end of the text may be told now. */
  get mayEnd(): boolean {
    return this.#told !== 'end' && (this.#told !== 'flush' || this.#mayEnd);
  }

  /** Has a keep-alive sent, unless a message went since the last call. */
  tick(): void {
    this.#needsKeepAlive = this.#isSilent && this.isBegun && this.#told !== 'end';
    this.#isSilent = true;
  }

  /** The messages to send now: the beginning, a keep-alive, text if it `isDue`, the end if the text `isEnded`. */
  take(dialect: SocketDialect, credentials: MessageFields, isDue: boolean, isEnded: boolean): readonly object[] {
    const messages = this.#next(dialect, credentials, isDue, isEnded);
    if (messages.length > 0) this.#isSilent = this.#needsKeepAlive = false;
    return messages;
  }

  /** Something came from the service. */
  hear(): void {
    if (this.#told !== 'flush') return;
    if (this.#options.hasAllWords()) this.#allowEnd();
    else this.#quiet.restart();
  }

  /** Nothing more goes over this connection. */
  stop(): void {
    this.#quiet.stop();
  }

  #next(dialect: SocketDialect, credentials: MessageFields, isDue: boolean, isEnded: boolean): readonly object[] {
    const { id, voice, text } = this.#options;
    if (!this.isBegun) {
      this.#told = 'text';
      return [dialect.begin(id, { ...voice, ...credentials })];
    }
    if (this.#needsKeepAlive) return [dialect.keepAlive(id)];
    const piece = isDue ? text.take() : undefined;
    if (piece) {
      this.#isFlushed = piece.fields['flush'] === true || (this.#isFlushed && segmentWords(piece.text).length === 0);
      return [dialect.text(id, piece)];
    }
    return isDue && isEnded && this.mayEnd ? this.#end(dialect, id) : [];
  }

  #end(dialect: SocketDialect, id: string): readonly object[] {
    const flush = dialect.flush(id);
    const isHeardOut = this.#told === 'flush' || (this.#isFlushed && this.#options.hasAllWords());
    if (isHeardOut || flush.length === 0) {
      this.#told = 'end';
      return dialect.end(id);
    }
    this.#told = 'flush';
    this.#quiet.restart();
    return this.#isFlushed ? [] : flush;
  }

  #allowEnd(): void {
    this.#quiet.stop();
    this.#mayEnd = true;
    this.#options.wake();
  }
}
