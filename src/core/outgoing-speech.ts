import type { MessageFields, OutgoingText } from './outgoing-text.ts';
import { QuietTimer } from './quiet-timer.ts';
import type { VoiceOptions } from './session-options.ts';
import type { SocketDialect } from './socket-dialect.ts';
import { saysNothing } from './text-border.ts';

/** Seconds of silence after which a service that was told to speak the rest has nothing to say of it. */
const longSilence = 10;
/** The same once it speaks, if it does not tell what it has said. */
const shortSilence = 2;

/** What goes over one connection for a speech. */
export interface OutgoingSpeechOptions {
  readonly id: string;
  readonly voice: VoiceOptions;
  readonly text: OutgoingText;
  /** What the service has said of the text. */
  readonly heard: () => { readonly isTimed: boolean; readonly hasAllWords: boolean };
  /** Called when there is something to send that nobody asked for. */
  readonly wake: () => void;
}

/**
 * What one connection is told of a speech. An end right behind a flush may overtake it in the service, which then says
 * nothing: between the two it is heard out.
 */
export class OutgoingSpeech {
  readonly #options: OutgoingSpeechOptions;
  readonly #quiet = new QuietTimer(() => this.#allowEnd());
  #told: 'nothing' | 'text' | 'flush' | 'end' = 'nothing';
  /** Whether no word was sent since the last flush: others may be cut off by the end. */
  #isFlushed = true;
  /** Whether anything came since the last flush. */
  #isAnswered = true;
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

  /** Whether it was told to speak what it has, and has not begun to. */
  get isUnanswered(): boolean {
    return !this.#isAnswered;
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
    this.#isAnswered = true;
    if (this.#told !== 'flush') return;
    const { isTimed, hasAllWords } = this.#options.heard();
    if (hasAllWords) this.#allowEnd();
    else this.#quiet.restart(isTimed ? longSilence : shortSilence);
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
      const isFlush = piece.fields['flush'] === true;
      const hasWords = !this.#isFlushed || !saysNothing(piece.text);
      if (isFlush && hasWords) this.#isAnswered = false;
      this.#isFlushed = isFlush || !hasWords;
      return [dialect.text(id, piece)];
    }
    return isDue && isEnded && this.mayEnd ? this.#end(dialect, id) : [];
  }

  #end(dialect: SocketDialect, id: string): readonly object[] {
    const flush = this.#told === 'flush' ? [] : dialect.flush(id);
    const unsaid = this.#isFlushed ? [] : flush;
    if (flush.length > 0 && !this.#options.heard().hasAllWords) {
      this.#told = 'flush';
      this.#quiet.restart(longSilence);
      return unsaid;
    }
    this.#told = 'end';
    return [...unsaid, ...dialect.end(id)];
  }

  #allowEnd(): void {
    this.#quiet.stop();
    this.#mayEnd = true;
    this.#options.wake();
  }
}
