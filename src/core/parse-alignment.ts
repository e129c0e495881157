import type { Alignment } from './alignment.ts';

/** What a wire alignment held. Both members are undefined where the service gave no timing. */
export interface AlignmentReading {
  readonly alignment: Alignment | undefined;
  /** What is wrong with it, in one sentence: without `alignment` it was refused, with it repaired. */
  readonly problem: string | undefined;
}

const CHARACTERS = ['characters', 'chars'];
const STARTS_IN_SECONDS = ['character_start_times_seconds', 'characterStartTimesSeconds'];
const ENDS_IN_SECONDS = ['character_end_times_seconds', 'characterEndTimesSeconds'];
const STARTS_IN_MS = ['charStartTimesMs', 'charsStartTimesMs', 'char_start_times_ms'];
const DURATIONS_IN_MS = ['charDurationsMs', 'charsDurationsMs', 'char_durations_ms'];

/** No speech lasts longer than a day: a later time is garbage. */
const LATEST = 86_400;
/** Times are rounded to a millisecond on the wire, so neighbours may disagree by one; the rest is float noise. */
const ROUNDING = 0.001_001;

const ABSENT: AlignmentReading = { alignment: undefined, problem: undefined };

/**
 * The alignment in a wire object of any spelling, in seconds on the wire's own time base, or `undefined` where there is none
 * or it is malformed.
 */
export function parseAlignment(wire: unknown): Alignment | undefined {
  return readAlignment(wire).alignment;
}

/** The alignment in a wire object as {@link parseAlignment} gives it, with what was wrong with it. Never throws. */
export function readAlignment(wire: unknown): AlignmentReading {
  if (wire === null || wire === undefined) return ABSENT;
  if (typeof wire !== 'object') return refused('it is not an object');
  const fields = wire as Readonly<Record<string, unknown>>;
  const characters = arrayOf(fields, CHARACTERS);
  const seconds = arrayOf(fields, STARTS_IN_SECONDS);
  const wireStarts = seconds ?? arrayOf(fields, STARTS_IN_MS);
  const wireEnds = arrayOf(fields, seconds ? ENDS_IN_SECONDS : DURATIONS_IN_MS);
  const length = characters?.length;
  if (!characters || !wireStarts || !wireEnds || wireStarts.length !== length || wireEnds.length !== length) {
    return refused('it lacks three arrays of one length');
  }
  if (!characters.every((character) => typeof character === 'string')) return refused('a character is not a string');
  return readTimes(characters, wireStarts, wireEnds, seconds !== undefined);
}

function readTimes(
  characters: readonly string[],
  wireStarts: readonly unknown[],
  wireEnds: readonly unknown[],
  inSeconds: boolean,
): AlignmentReading {
  const starts: number[] = [];
  const ends: number[] = [];
  const scale = inSeconds ? 1 : 1000;
  let problem: string | undefined;
  let previous = 0;
  for (const [index, wireStart] of wireStarts.entries()) {
    const wireEnd = wireEnds[index];
    if (!isTime(wireStart, scale) || !isTime(wireEnd, scale)) return refused('a time is not a number of seconds');
    const start = wireStart / scale;
    const end = inSeconds ? wireEnd : (wireStart + wireEnd) / scale;
    if (start < previous - ROUNDING) return refused('a start steps back');
    if (end < start - ROUNDING) problem = 'Repaired an alignment: a character ends before it starts.';
    previous = Math.max(start, previous);
    starts.push(previous);
    ends.push(Math.max(end, previous));
  }
  return { alignment: { characters, starts, ends }, problem };
}

function arrayOf(fields: Readonly<Record<string, unknown>>, names: readonly string[]): readonly unknown[] | undefined {
  const name = names.find((candidate) => Array.isArray(fields[candidate]));
  return name === undefined ? undefined : (fields[name] as readonly unknown[]);
}

function isTime(value: unknown, scale: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= LATEST * scale;
}

function refused(reason: string): AlignmentReading {
  return { alignment: undefined, problem: `Ignored a malformed alignment: ${reason}.` };
}
