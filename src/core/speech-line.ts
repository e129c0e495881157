import type { LiveSpeech } from './live-speech.ts';
import type { MessageFields } from './outgoing-text.ts';
import type { SocketFrame } from './parse-socket-frame.ts';
import type { SocketDialect } from './socket-dialect.ts';
import type { TimeBases } from './time-base.ts';
import { startTimer } from './wait.ts';

/** Seconds for which a cancelled speech keeps its place, unless the service says sooner that it has ended. */
const cancelGrace = 1;

/** The speeches of one connection: whose turn it is to send, and who gets what comes. Those beyond the limit wait in line. */
export class SpeechLine {
  readonly #dialect: SocketDialect;
  readonly #limit: number;
  readonly #wake: () => void;
  #speeches: LiveSpeech[] = [];
  /** Cancelled speeches that the service has not ended yet, by id, and what stops the wait for that. */
  readonly #leaving = new Map<string, () => void>();
  #outbox: object[] = [];
  /** Whether a speech has come to its end since the connection began. */
  #hasSpoken = false;

  constructor(dialect: SocketDialect, limit: number, wake: () => void) {
    this.#dialect = dialect;
    this.#limit = limit;
    this.#wake = wake;
  }

  get isEmpty(): boolean {
    return this.#speeches.length === 0;
  }

  /** Whether something is to be sent that is worth a connection. */
  get isDue(): boolean {
    return this.#speeches.some(({ isDue }) => isDue);
  }

  /** Whether the service owes the end of a speech. */
  get isAwaited(): boolean {
    return this.#speeches.some(({ isAwaited }) => isAwaited);
  }

  /** Whether a speech has come farther on this connection. */
  get hasAdvanced(): boolean {
    return this.#hasSpoken || this.#speeches.some(({ hasAdvanced }) => hasAdvanced);
  }

  add(speech: LiveSpeech): void {
    this.#speeches.push(speech);
    speech.over.addEventListener('abort', () => this.#drop(speech), { once: true });
    this.#wake();
  }

  /** The next messages to send; none when nothing is due. Speeches take turns. */
  next(credentials: MessageFields): readonly object[] {
    const waiting = this.#outbox.splice(0);
    if (waiting.length > 0) return waiting;
    for (const [index, speech] of this.#speeches.entries()) {
      const messages = this.#mayTalk(speech) ? speech.take(this.#dialect, credentials) : [];
      if (messages.length === 0) continue;
      this.#speeches.push(...this.#speeches.splice(index, 1));
      return messages;
    }
    return [];
  }

  /**
   * Gives a message of the service to the speech that it is for; one for a speech that is over is dropped.
   *
   * @throws SpeechError when it tells of an error that concerns all
   */
  take(frame: SocketFrame, bases: TimeBases): void {
    const { contextId, error } = frame;
    if (contextId !== undefined && this.#leaving.has(contextId)) {
      if (frame.isFinal) this.#leave(contextId);
      return;
    }
    const speech = this.#speechOf(contextId);
    if (error && (contextId === undefined || this.#limit === 1)) throw error;
    if (error) speech?.fail(error);
    else speech?.receive(frame, bases);
    // The service has ended a context of itself: what follows needs another one of that name.
    if (frame.isFinal && this.#limit > 1 && speech && !speech.over.aborted && !speech.rewind()) speech.leave();
  }

  /** To be called three times within the service's inactivity timeout: bridges silence. */
  tick(): void {
    for (const speech of this.#speeches) speech.tick();
    this.#wake();
  }

  /**
   * The connection is gone. `isComplete`: the service has hung up as it does after the last word of its only speech; where
   * there may be several, it tells of each end.
   */
  lost(isComplete: boolean): void {
    this.#forget();
    if (!isComplete || this.#limit > 1) return;
    for (const speech of this.#speeches.filter(({ isAwaited, isWhole }) => isAwaited && isWhole)) speech.finish();
  }

  /** Prepares every speech for a new connection; one that can't go on fails with `error`. */
  rewind(error: unknown): void {
    for (const speech of this.#speeches) if (!speech.rewind()) speech.fail(error);
    this.#forget();
    this.#hasSpoken = false;
  }

  /** The connection is gone, and no other comes: every speech fails. */
  fail(error: unknown): void {
    for (const speech of this.#speeches) speech.fail(error);
    this.#forget();
    this.#hasSpoken = false;
  }

  leave(error: unknown): void {
    for (const speech of this.#speeches) speech.leave(error);
  }

  #mayTalk(speech: LiveSpeech): boolean {
    if (speech.isBegun || this.#limit === 1) return true;
    const begun = this.#speeches.filter(({ isBegun }) => isBegun).length;
    return speech.isDue && begun + this.#leaving.size < this.#limit;
  }

  /** A message without a name is for the only one that it can be for. */
  #speechOf(contextId: string | undefined): LiveSpeech | undefined {
    const begun = this.#speeches.filter(({ isBegun }) => isBegun);
    if (contextId === undefined || this.#limit === 1) {
      return begun.length + this.#leaving.size === 1 ? begun[0] : undefined;
    }
    return begun.find(({ id }) => id === contextId);
  }

  #drop(speech: LiveSpeech): void {
    this.#speeches = this.#speeches.filter((other) => other !== speech);
    this.#hasSpoken ||= speech.isSpoken;
    if (speech.isBegun && !speech.isSpoken) {
      this.#outbox.push(...this.#dialect.cancel(speech.id));
      this.#leaving.set(
        speech.id,
        startTimer(cancelGrace, () => this.#leave(speech.id)),
      );
    }
    this.#wake();
  }

  /** What was to be said on a connection that is gone concerns no other one. */
  #forget(): void {
    for (const id of this.#leaving.keys()) this.#leave(id);
    this.#outbox = [];
  }

  #leave(id: string): void {
    this.#leaving.get(id)?.();
    this.#leaving.delete(id);
    this.#wake();
  }
}
