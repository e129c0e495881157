import { foldCharacter } from './match-text.ts';
import type { TimedCharacter } from './timed-characters.ts';

/** A message that was placed. */
interface SaidMessage {
  /** Where its units begin among those that were said. */
  readonly at: number;
  /** Where its first character starts, on the wire's time. */
  readonly first: number;
  /** The time of the speech from which its times count. */
  readonly offset: number;
}

/** A message that says again what earlier ones said, and goes on. */
interface Restart {
  /** The time of the speech from which its times count: that of the message whose beginning it shares. */
  readonly offset: number;
  /** What it says beyond what was said. */
  readonly rest: readonly TimedCharacter[];
}

/** A restart begins on the time on which the restarted message began. */
const sameStart = 0.05;
/** Times that are the same but for their rounding. */
const sameTime = 0.002;
/** So many units with the same times are no coincidence. */
const telling = 4;
/** A restart goes back by a sentence at most: more is not remembered. */
const memory = 1024;

/**
 * Remembers what a field has said lately, to know a message that restarts it: with pronunciation dictionaries the service sends
 * a part of a sentence, then the sentence from its beginning. White space, punctuation and case don't count.
 */
export class SaidCharacters {
  #units = '';
  /** Where each unit starts, on the speech's time. */
  #starts: number[] = [];
  #messages: SaidMessage[] = [];
  /** How many characters that can't be heard came last. */
  #inaudible = 0;

  /**
   * What a message restarts, if it does.
   *
   * @param message With its times on the wire.
   * @param unspoken The sent text that is expected next. A message that begins with it repeats a word; one that goes on with it
   * behind what was said is a restart. Where it tells neither, a restart is known by its times.
   */
  restartedBy(message: readonly TimedCharacter[], unspoken: string): Restart | undefined {
    const timed = unitsOf(message);
    const units = timed.map(({ character }) => character).join('');
    const expected = foldStart(unspoken, units.length);
    if (expected === units) return undefined;
    for (let index = this.#messages.length - 1; index >= 0; index -= 1) {
      const said = this.#messages[index];
      if (!said) break;
      const shared = this.#units.length - said.at;
      if (shared > units.length) break;
      const isAlike =
        Math.abs((message[0]?.start ?? 0) - said.first) <= sameStart && units.startsWith(this.#units.slice(said.at));
      const isMore = shared < units.length;
      const isExpected = isMore && expected.startsWith(units.slice(shared));
      if (isAlike && (isExpected || ((isMore || expected !== '') && this.#isTimedAlike(said, timed)))) {
        return { offset: said.offset, rest: this.#behind(message, shared) };
      }
    }
    return undefined;
  }

  /** Remembers what a message said that was not said before. */
  add(message: readonly TimedCharacter[], offset: number, isRestart: boolean): void {
    if (!isRestart) this.#messages.push({ at: this.#units.length, first: message[0]?.start ?? 0, offset });
    for (const timed of unitsOf(message)) {
      this.#units += timed.character;
      this.#starts.push(timed.start + offset);
    }
    const audible = message.findLastIndex(({ character }) => foldCharacter(character) !== '');
    this.#inaudible = message.length - 1 - audible + (audible < 0 ? this.#inaudible : 0);
    if (this.#units.length > 2 * memory) this.#forget(this.#units.length - memory);
  }

  #isTimedAlike({ at, offset }: SaidMessage, timed: readonly TimedCharacter[]): boolean {
    const starts = this.#starts.slice(at);
    return (
      starts.length >= telling &&
      starts.every((start, index) => Math.abs(start - offset - (timed[index]?.start ?? Infinity)) <= sameTime)
    );
  }

  /** The characters behind the first `shared` units, and behind the punctuation and white space that came with those. */
  #behind(message: readonly TimedCharacter[], shared: number): TimedCharacter[] {
    let units = 0;
    let inaudible = 0;
    const from = message.findIndex(({ character }) => {
      const length = foldCharacter(character).length;
      if (units >= shared && (length > 0 || inaudible === this.#inaudible)) return true;
      if (units >= shared) inaudible += 1;
      units += length;
      return false;
    });
    return from < 0 ? [] : message.slice(from);
  }

  #forget(count: number): void {
    this.#units = this.#units.slice(count);
    this.#starts = this.#starts.slice(count);
    this.#messages = this.#messages
      .filter(({ at }) => at >= count)
      .map(({ at, first, offset }) => ({ at: at - count, first, offset }));
  }
}

/** What is compared of a message, each unit with the time of its character. */
function unitsOf(message: readonly TimedCharacter[]): TimedCharacter[] {
  return message.flatMap(({ character, start, end }) =>
    Array.from(foldCharacter(character).split(''), (unit) => ({ character: unit, start, end })),
  );
}

/** What is compared of the beginning of a text, up to so many units. */
function foldStart(text: string, length: number): string {
  let units = '';
  for (const character of text) {
    if (units.length >= length) break;
    units += foldCharacter(character);
  }
  return units.slice(0, length);
}
