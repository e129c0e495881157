import type { TimedCharacter } from './timed-characters.ts';

/** A time for the character at `offset` (UTF-16) of the text. `exact` tells whether that very character was spoken in it. */
export type PlaceTime = (offset: number, start: number, end: number, exact: boolean) => void;

/** How many units that agree end a disagreement. Fewer are found again too soon: one "dollars" for another. */
const confirmation = 8;
/** How many units of the speech are searched for the end of a disagreement. A long number has 70 letters. */
const speechReach = 128;
/** How many units of the text are searched for it. */
const textReach = 1024;
/** How many units of the text are rather stepped over than one of the speech, which has to be waited for. */
const patience = 8;

/** What can be heard: letters, digits and the signs that are read out. Punctuation and white space are often changed. */
const audible = /(?!\p{DI})[\p{L}\p{M}\p{N}\p{Sc}\p{Sm}\p{So}%％‰#＃]/u;

/** What is compared of a character: nothing, if it can't be heard. Case, width and composition don't count. */
export function foldCharacter(character: string): string {
  return audible.test(character) ? character.normalize('NFKD').toLowerCase().replace('ς', 'σ') : '';
}

/**
 * Finds the characters that are spoken, in the order in which they come, in the text that was sent, and gives the text its
 * times. What was left out, added or said in other words is stepped over where the two agree again; what stands in the text
 * for other words shares their time.
 *
 * What it finds does not depend on how the characters are divided over the calls. The text may grow: what is spoken beyond
 * the text so far waits for more of it.
 */
export class TextMatcher {
  readonly #place: PlaceTime;
  readonly #offsets: number[] = [];
  #length = 0;
  /** The text from the unit `#passed` on, and the next unit in it. */
  #text = '';
  #passed = 0;
  #position = 0;
  #pending = '';
  #times: TimedCharacter[] = [];

  constructor(place: PlaceTime) {
    this.#place = place;
  }

  /** The offset (UTF-16) of the next audible character of the text; behind the last one, the end of the text so far. */
  get spokenTo(): number {
    return this.#offsets[this.#passed + this.#position] ?? this.#length;
  }

  /** Adds to the end of the text; it gets the times of what waits for it with the next {@link settle}. */
  extend(more: string): void {
    this.#text = this.#text.slice(this.#position);
    this.#passed += this.#position;
    this.#position = 0;
    for (const character of more) {
      const units = foldCharacter(character);
      this.#text += units;
      for (let unit = 0; unit < units.length; unit += 1) this.#offsets.push(this.#length);
      this.#length += character.length;
    }
  }

  /** Takes the next character; the text gets its time with the next {@link settle}. */
  push(timed: TimedCharacter): void {
    const units = foldCharacter(timed.character);
    this.#pending += units;
    for (let unit = 0; unit < units.length; unit += 1) this.#times.push(timed);
  }

  /** Places all that can be placed. After a disagreement that is once enough has come to see where it ends, or all has. */
  settle(ended = false): void {
    let at = 0;
    while (at < this.#pending.length && this.#position < this.#text.length) {
      if (this.#pending[at] === this.#text[this.#position]) {
        this.#placeEvenly(at, 1, 1, true);
        at += 1;
      } else {
        const step = this.#agreement(at, ended);
        if (!step) break;
        this.#placeEvenly(at, step.heard, step.sent, false);
        at += step.heard;
      }
    }
    this.#pending = this.#pending.slice(at);
    this.#times.splice(0, at);
  }

  /** Spreads the time of the next `heard` units over the next `sent` units of the text. */
  #placeEvenly(at: number, heard: number, sent: number, exact: boolean): void {
    const first = this.#times[at];
    const last = this.#times[at + heard - 1];
    if (heard > 0 && first && last) {
      const share = (last.end - first.start) / sent;
      for (let unit = 0; unit < sent; unit += 1) {
        const offset = this.#offsets[this.#passed + this.#position + unit] ?? 0;
        const start = first.start + unit * share;
        this.#place(offset, start, exact ? last.end : start + share, exact);
      }
    }
    this.#position += sent;
  }

  /** The shortest step on both sides to where they agree again; `undefined` while that can't be known. */
  #agreement(at: number, ended: boolean): { heard: number; sent: number } | undefined {
    const window = this.#text.slice(this.#position, this.#position + textReach);
    if (window.length < confirmation && !ended) return undefined;
    const left = this.#pending.length - at;
    let best: { heard: number; sent: number } | undefined;
    let lowest = Infinity;
    for (let heard = 0; heard < speechReach && heard * patience < lowest; heard += 1) {
      const key = this.#pending.slice(at + heard, at + heard + confirmation);
      if (key.length < confirmation && !ended) return undefined;
      if (key === '') break;
      const sent = key.length < confirmation ? this.#lastOf(key) : window.indexOf(key);
      if (sent >= 0 && heard * patience + sent < lowest) {
        best = { heard, sent };
        lowest = heard * patience + sent;
      }
    }
    return best ?? { heard: Math.min(left, speechReach / 2), sent: 0 };
  }

  /** Where the rest of the speech stands, if the text ends with it. */
  #lastOf(rest: string): number {
    return this.#text.endsWith(rest) ? this.#text.length - rest.length - this.#position : -1;
  }
}
