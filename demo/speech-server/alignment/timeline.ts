import type { CharacterTimes } from './character-times.ts';

/** Characters with their times in seconds, whole milliseconds, each beginning where the one before it ends. */
export interface TimedCharacters {
  readonly characters: readonly string[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/**
 * Joins the sentences of a speech to one row of characters without gaps: it begins at 0, a pause belongs to the spaces and
 * marks that stand there, a character that has neither sound nor pause has no length. A character is settled once its end is
 * known, which for the last ones of a sentence is when the next sentence comes.
 */
export class Timeline {
  #settled: string[] = [];
  #starts: number[] = [];
  /** One character with a sound of its own, or a run of characters without. */
  #tail: string[] = [];
  #tailStart = 0;
  #tailSounds = false;
  #soundEnd = 0;

  /** Where the first unsettled character begins, in seconds: every character before is settled. */
  get settledUntil(): number {
    return this.#tailStart;
  }

  /** Adds a sentence whose audio begins `offset` seconds into the speech. */
  add(times: CharacterTimes, offset: number): void {
    for (const [index, character] of times.characters.entries()) {
      const start = times.starts[index];
      const end = times.ends[index];
      if (start === undefined || end === undefined) this.#addSilent(character);
      else this.#addSounding(character, start + offset, end + offset);
    }
  }

  /** Settles what is left: the last characters last until the end of the speech, in seconds. */
  finish(end: number): void {
    this.#settle(Math.max(end, this.#tailStart));
  }

  /** Takes the settled characters that begin before `time`, in seconds. */
  take(time: number): TimedCharacters {
    const found = this.#starts.findIndex((start) => start >= time);
    const count = found < 0 ? this.#starts.length : found;
    const starts = this.#starts.splice(0, count);
    const nextStart = this.#starts[0] ?? this.#tailStart;
    const times = [...starts, nextStart].map(toMilliseconds);
    return { characters: this.#settled.splice(0, count), starts: times.slice(0, count), ends: times.slice(1) };
  }

  #addSilent(character: string): void {
    if (this.#tailSounds) this.#settle(this.#soundEnd);
    this.#tail.push(character);
  }

  #addSounding(character: string, start: number, end: number): void {
    const isFirst = this.#tail.length === 0 && this.#tailStart === 0;
    if (!isFirst) this.#settle(Math.max(start, this.#soundEnd));
    this.#tail.push(character);
    this.#tailSounds = true;
    this.#soundEnd = Math.max(end, this.#tailStart);
  }

  /** Shares the time until `end` among the characters of the tail. */
  #settle(end: number): void {
    const length = (end - this.#tailStart) / Math.max(this.#tail.length, 1);
    for (const [order, character] of this.#tail.entries()) {
      this.#settled.push(character);
      this.#starts.push(this.#tailStart + order * length);
    }
    this.#tail = [];
    this.#tailSounds = false;
    this.#tailStart = end;
  }
}

/** Rounded down, so that no time lies behind the end of the audio. */
function toMilliseconds(seconds: number): number {
  return Math.floor(seconds * 1000 + 1e-6) / 1000;
}
