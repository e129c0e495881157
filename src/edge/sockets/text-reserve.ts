import { countCharacters } from '../request/count-characters.ts';
import { Refusal } from '../refusal.ts';
import type { SocketMessage } from './read-socket-message.ts';
import type { Verdict } from '../limits/speech-limits.ts';

/** Characters to reserve at least, so that not every message costs a call. */
const smallestReserve = 200;
/** UTF-16 units that may wait while a call is under way. */
const mostWaiting = 262_144;

/** How the text of a socket is counted. */
export interface TextReserveOptions {
  /** Of all messages together. */
  readonly charactersPerRequest: number;
  /** Takes characters from the budget; without it nothing is reserved. */
  readonly reserve: ((characters: number) => Promise<Verdict>) | undefined;
  readonly send: (json: string) => void;
  readonly refuse: (refusal: Refusal) => void;
}

const meanings = {
  budget: ['quota_exceeded', 'The character budget is used up.'],
  concurrency: ['too_many_requests', 'There are too many requests at once.'],
  used: ['token_used', 'The token was used before: ask for another.'],
} as const;

/** A message that waits, and what it costs. */
interface CountedMessage {
  readonly json: string;
  readonly characters: number;
}

/** Sends messages in their order, each once its characters are reserved. */
export class TextReserve {
  readonly #options: TextReserveOptions;
  #waiting: CountedMessage[] = [];
  #waitingUnits = 0;
  /** Characters of all messages that were accepted; of those that were sent; reserved beyond them. */
  #accepted = 0;
  #sent = 0;
  #reserved = 0;
  #isReserving = false;
  #isStopped = false;
  #isAtSpace = true;

  constructor(options: TextReserveOptions) {
    this.#options = options;
  }

  /** Characters that were sent. */
  get sent(): number {
    return this.#sent;
  }

  /**
   * Sends a message, now or as soon as its characters are reserved.
   *
   * @throws Refusal when it may not be sent
   */
  add({ json, text }: SocketMessage): void {
    const characters = this.#count(text);
    if (this.#accepted + characters > this.#options.charactersPerRequest) {
      throw new Refusal('text_too_long', 'The text is longer than allowed: send less.');
    }
    if (this.#waiting.length > 0 && this.#waitingUnits + json.length > mostWaiting) {
      throw new Refusal('too_many_requests', 'More text waits than allowed: send it more slowly.');
    }
    this.#accepted += characters;
    this.#waiting.push({ json, characters });
    this.#waitingUnits += json.length;
    if (!this.#isReserving) this.#sendReserved();
  }

  /** Drops what waits. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting = [];
  }

  /** A space alone, where no word can end, is how the protocol says nothing: to begin with, and to stay connected. */
  #count(text: string): number {
    if (text === '' || (text === ' ' && this.#isAtSpace)) return 0;
    this.#isAtSpace = /\s$/.test(text);
    return countCharacters(text);
  }

  #sendReserved(): void {
    while (!this.#isStopped) {
      const [message] = this.#waiting;
      if (!message) return;
      const missing = this.#options.reserve ? message.characters - this.#reserved : 0;
      if (missing > 0) return void this.#reserve(missing);
      this.#waiting.shift();
      this.#waitingUnits -= message.json.length;
      this.#reserved -= message.characters;
      this.#sent += message.characters;
      this.#options.send(message.json);
    }
  }

  async #reserve(missing: number): Promise<void> {
    this.#isReserving = true;
    try {
      // What may still come at all, and of that what waits or may come soon.
      const rest = this.#options.charactersPerRequest - this.#sent - this.#reserved;
      const waiting = this.#accepted - this.#sent - this.#reserved;
      const wished = Math.min(rest, Math.max(smallestReserve, waiting));
      // Near its end a budget may hold enough for this message alone.
      if (!(await this.#take(wished, wished > missing)) && !this.#isStopped) await this.#take(missing, false);
    } catch (error) {
      if (this.#isStopped) return;
      this.#options.refuse(
        error instanceof Refusal ? error : new Refusal('limits_unavailable', 'The limits can’t be asked: try again.'),
      );
      return;
    } finally {
      this.#isReserving = false;
    }
    this.#sendReserved();
  }

  /** Whether so many characters were taken; a refusal is thrown, unless less may be asked for. */
  async #take(characters: number, canAskLess: boolean): Promise<boolean> {
    const verdict = await this.#options.reserve?.(characters);
    if (!verdict || verdict.admitted) {
      this.#reserved += characters;
      return true;
    }
    if (verdict.reason === 'budget' && canAskLess) return false;
    throw refusalOf(verdict);
  }
}

function refusalOf({ reason, retryAfter }: Extract<Verdict, { readonly admitted: false }>): Refusal {
  const [code, message] = meanings[reason];
  return new Refusal(code, message, { retryAfter });
}
