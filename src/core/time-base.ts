/** From when the times of a message count: the audio that came with it, or the start of the speech (of the context). */
export type TimeBase = 'chunk' | 'speech';

/** The two timings of a message: of the characters that were sent, and of the characters as they were spoken. */
export type AlignmentField = 'alignment' | 'normalizedAlignment';

/** What the times of a message tell of their base; all in seconds on the wire's own time. */
export interface TimeEvidence {
  /** Where the message's first character starts. */
  readonly first: number;
  /** Where its last character ends. */
  readonly last: number;
  /** Where the field's timing before it ended; 0 for the first of a speech. */
  readonly previous: number;
  /** How much of the speech was heard before it, if some of that came without timing since `previous`. */
  readonly untimed: number | undefined;
}

/** Times nearer than this say nothing about the base. */
const margin = 0.05;
/** Times are rounded to a millisecond, on both sides of a border. */
const rounding = 0.002;

/**
 * What is known of the time bases of one connection, field by field; its contexts share it. A message settles the base of its
 * field for good, if it is clear; a later one that can't be read on that base is read on its own, and told of.
 */
export class TimeBases {
  readonly #override: TimeBase | undefined;
  readonly #settled = new Map<AlignmentField, TimeBase>();

  /** @param override The base of both fields, if the caller knows it: nothing is detected then. */
  constructor(override?: TimeBase) {
    this.#override = override;
  }

  /** The base of a field, or `undefined` while nothing has settled it. */
  baseOf(field: AlignmentField): TimeBase | undefined {
    return this.#override ?? this.#settled.get(field);
  }

  /** The base to read a message on. Where neither it nor an earlier one tells, that is the documented one: `chunk`. */
  judge(field: AlignmentField, evidence: TimeEvidence, warn: (message: string) => void): TimeBase {
    if (this.#override) return this.#override;
    const settled = this.#settled.get(field);
    if (!settled) {
      const clear = clearBase(evidence);
      if (clear) this.#settled.set(field, clear);
      return clear ?? likelyBase(evidence);
    }
    // A wrong base would cost the rest of the speech; what a single odd message costs is itself.
    if (!isAgainst(settled, evidence)) return settled;
    warn(`The times of ${field} changed their base; set \`timeBase\` if words are lit at the wrong time.`);
    return settled === 'chunk' ? 'speech' : 'chunk';
  }
}

function clearBase({ first, last, previous, untimed = 0 }: TimeEvidence): TimeBase | undefined {
  if (first + margin < previous) return 'chunk';
  const expected = Math.max(previous, untimed);
  const continues =
    first >= (previous > rounding ? previous - margin : untimed / 2) && first <= expected + last - first;
  return expected > rounding && first > margin && continues ? 'speech' : undefined;
}

/** The base on which the message starts nearer to where it ought to: at 0, or where the timing before it ended. */
function likelyBase({ first, previous }: TimeEvidence): TimeBase {
  return previous > rounding && first >= previous / 2 ? 'speech' : 'chunk';
}

function isAgainst(settled: TimeBase, { first, previous, untimed = 0 }: TimeEvidence): boolean {
  if (settled === 'speech') return first + margin < previous;
  return first > margin && [previous, untimed].some((expected) => Math.abs(first - expected) <= margin);
}
