import type { Alignment } from './alignment.ts';
import { SaidCharacters } from './said-characters.ts';
import type { AlignmentField, TimeBases } from './time-base.ts';
import { timedCharacters, type TimedCharacter } from './timed-characters.ts';

/** What else is known of a message whose timing is placed; times in seconds of the speech. */
interface MessageContext {
  readonly audioStart: number;
  readonly audioEnd: number;
  /** Whether the other field has timing in this message. */
  readonly isOtherTimed: boolean;
  /** Where the timing of the other field had come to before this message. */
  readonly otherEnd: number;
  /** The sent text that is expected next. */
  readonly unspoken: string;
}

/** Audio and timing end together if they differ by no more than the rounding of the latter. */
const rounding = 0.001_001;

/** Puts the timing of one field, in one speech over one connection, on the speech's own time. */
export class FieldClock {
  readonly #field: AlignmentField;
  readonly #bases: TimeBases;
  readonly #start: number;
  readonly #warn: (message: string) => void;
  readonly #said = new SaidCharacters();
  /** Where the timing has come to. */
  #end: number;
  /** From when the times of the last alignment counted. */
  #offset: number;
  /** Where the last alignment ended, on the wire's time. */
  #wireEnd = 0;
  /** What came since the last alignment: audio without any timing, or timing of the other field only. */
  #hasUntimedAudio = false;
  #wasLeftOut = false;
  /** Whether each message's audio ended with its timing: then it is the clock on which no rounding adds up. */
  #isInStep = true;
  #isTimed = false;

  constructor(field: AlignmentField, bases: TimeBases, start: number, warn: (message: string) => void) {
    this.#field = field;
    this.#bases = bases;
    this.#start = start;
    this.#warn = warn;
    this.#end = start;
    this.#offset = start;
  }

  /** Where the timing has come to, in seconds of the speech. */
  get end(): number {
    return this.#end;
  }

  /** Whether there was any timing. */
  get isTimed(): boolean {
    return this.#isTimed;
  }

  /** The field's timing of the next message on the speech's time; it begins no earlier than the one before it ended. */
  place(alignment: Alignment | undefined, context: MessageContext): Alignment | undefined {
    const characters = alignment ? [...timedCharacters(alignment, 0)] : [];
    const first = characters[0];
    if (!alignment || !first) {
      this.#skip(context);
      return alignment;
    }
    const last = alignment.ends.reduce((latest, end) => Math.max(latest, end), 0);
    const restart = this.#said.restartedBy(characters, context.unspoken);
    this.#offset = restart ? restart.offset : this.#offsetOf(first.start, last, context);
    this.#said.add(restart?.rest ?? characters, this.#offset, restart !== undefined);
    this.#wireEnd = last;
    this.#hasUntimedAudio = false;
    this.#wasLeftOut = false;
    this.#isTimed = true;
    const placed = this.#shift(restart ? alignmentOf(restart.rest) : alignment);
    if (Math.abs(context.audioEnd - this.#end) > rounding) this.#isInStep = false;
    return placed;
  }

  #skip({ audioStart, audioEnd, isOtherTimed }: MessageContext): void {
    if (isOtherTimed) {
      this.#wasLeftOut = true;
      this.#isInStep = false;
    } else if (audioEnd > audioStart) {
      this.#hasUntimedAudio = true;
    }
  }

  #offsetOf(first: number, last: number, { audioStart, otherEnd }: MessageContext): number {
    const untimed = this.#hasUntimedAudio ? audioStart - this.#start : undefined;
    const evidence = { first, last, previous: this.#wireEnd, untimed };
    if (this.#bases.judge(this.#field, evidence, this.#warn) === 'speech') return this.#offset;
    if (this.#isInStep) return audioStart;
    const known = this.#wasLeftOut ? Math.max(this.#end, otherEnd) : this.#end;
    return this.#hasUntimedAudio ? Math.max(known, audioStart) : known;
  }

  #shift({ characters, starts, ends }: Alignment): Alignment {
    const place = (time: number): number => (this.#end = Math.max(this.#end, time + this.#offset));
    const floor = this.#end;
    const placedStarts = starts.map((start) => Math.max(floor, start + this.#offset));
    return { characters, starts: placedStarts, ends: ends.map(place) };
  }
}

function alignmentOf(timed: readonly TimedCharacter[]): Alignment {
  return {
    characters: timed.map(({ character }) => character),
    starts: timed.map(({ start }) => start),
    ends: timed.map(({ end }) => end),
  };
}
