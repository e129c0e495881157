import type { Alignment } from './alignment.ts';
import { FieldClock } from './field-clock.ts';
import type { TimeBases } from './time-base.ts';

/** How a {@link SpeechClock} begins. */
interface SpeechClockOptions {
  /** Seconds of the speech that were heard of before this connection: 0 for the first, more for one that resumes. */
  readonly start?: number | undefined;
  /** Told in one sentence what can't be right about the timing, once for each reason. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** The timing of a message as it came, on the wire's own time. */
export interface TimedMessage {
  /** The seconds of audio in the message. */
  readonly audio: number;
  readonly alignment: Alignment | undefined;
  readonly normalizedAlignment: Alignment | undefined;
  /** The sent text that is expected next: what follows what was matched so far. Empty where that is not known. */
  readonly unspoken: string;
}

/** The timing of a message, in seconds from the start of the speech. */
interface PlacedTiming {
  readonly alignment: Alignment | undefined;
  readonly normalizedAlignment: Alignment | undefined;
}

/** Sound and words that are apart by so much are seen to be. */
const tolerance = 0.15;

/** Puts the timing of one speech (a session, or one context) over one connection on the speech's own time. */
export class SpeechClock {
  readonly #alignment: FieldClock;
  readonly #normalizedAlignment: FieldClock;
  readonly #start: number;
  readonly #warn: (message: string) => void;
  readonly #warned = new Set<string>();
  #audioEnd: number;

  /** @param bases What is known of the connection's time bases: one for all of its speeches. */
  constructor(bases: TimeBases, { start = 0, warn = () => {} }: SpeechClockOptions = {}) {
    this.#start = start;
    this.#audioEnd = start;
    this.#warn = (message) => {
      if (!this.#warned.has(message)) warn(message);
      this.#warned.add(message);
    };
    this.#alignment = new FieldClock('alignment', bases, start, this.#warn);
    this.#normalizedAlignment = new FieldClock('normalizedAlignment', bases, start, this.#warn);
  }

  /**
   * Both timings of the next message, in seconds from the start of the speech; each begins no earlier than the one before it
   * ended. Characters that earlier messages had already are left out.
   */
  place({ audio, alignment, normalizedAlignment, unspoken }: TimedMessage): PlacedTiming {
    const audioStart = this.#audioEnd;
    this.#audioEnd += audio;
    const message = { audioStart, audioEnd: this.#audioEnd, unspoken };
    const end = this.#alignment.end;
    const normalizedEnd = this.#normalizedAlignment.end;
    return {
      alignment: this.#alignment.place(alignment, {
        ...message,
        isOtherTimed: hasEntries(normalizedAlignment),
        otherEnd: normalizedEnd,
      }),
      normalizedAlignment: this.#normalizedAlignment.place(normalizedAlignment, {
        ...message,
        isOtherTimed: hasEntries(alignment),
        otherEnd: end,
      }),
    };
  }

  /** Tells that the speech was spoken to its end: warns if its sound and its timing end more than 150 ms apart. */
  finish(): void {
    const timing = [this.#alignment, this.#normalizedAlignment].find(({ isTimed }) => isTimed);
    if (!timing || this.#audioEnd === this.#start) return;
    const apart = Math.round((timing.end - this.#audioEnd) * 1000);
    if (Math.abs(apart) <= tolerance * 1000) return;
    const order = apart > 0 ? 'after' : 'before';
    this.#warn(
      `The timing of the speech ends ${Math.abs(apart)} ms ${order} its sound: words may be lit at the wrong time.`,
    );
  }
}

function hasEntries(alignment: Alignment | undefined): boolean {
  return alignment !== undefined && alignment.characters.length > 0;
}
