import { limitsUnavailable } from '../limits/limits-unavailable.ts';
import { refusalOfVerdict } from '../limits/refusal-of-verdict.ts';
import type { Verdict } from '../limits/speech-limits.ts';
import { Refusal } from '../refusal.ts';
import { countCharacters } from '../request/count-characters.ts';
import type { SocketMessage } from './read-socket-message.ts';

/** Characters to reserve ahead, so that not every message costs a call: as many as were sent, within these. */
const smallestMargin = 20;
const largestMargin = 200;
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
  #isTight = false;
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
      const wished = this.#isTight ? missing : this.#wished();
      if (!(await this.#take(wished, wished > missing)) && !this.#isStopped) {
        // Near its end a budget may hold enough for this message alone.
        this.#isTight = true;
        await this.#take(missing, false);
      }
    } catch (error) {
      if (this.#isStopped) return;
      this.#options.refuse(error instanceof Refusal ? error : limitsUnavailable(error));
      return;
    } finally {
      this.#isReserving = false;
    }
    this.#sendReserved();
  }

  /** What waits and what may come soon, but no more than may come at all. */
  #wished(): number {
    const held = this.#sent + this.#reserved;
    const margin = Math.min(largestMargin, Math.max(smallestMargin, this.#sent));
    return Math.min(this.#options.charactersPerRequest - held, this.#accepted - held + margin);
  }

  /** Whether so many characters were taken; a refusal is thrown, unless less may be asked for. */
  async #take(characters: number, canAskLess: boolean): Promise<boolean> {
    const verdict = await this.#options.reserve?.(characters);
    if (!verdict || verdict.admitted) {
      this.#reserved += characters;
      return true;
    }
    if (verdict.reason === 'budget' && canAskLess) return false;
    throw refusalOfVerdict(verdict);
  }
}
