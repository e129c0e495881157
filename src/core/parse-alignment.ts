import type { Alignment } from './alignment.ts';

// The service, its SDKs and its agents spell the names with and without underscores; milliseconds come with durations.
const CHARACTERS = /^char(acter)?s$/;
const STARTS_IN_SECONDS = /^character_?start_?times_?seconds$/i;
const ENDS_IN_SECONDS = /^character_?end_?times_?seconds$/i;
const STARTS_IN_MS = /^chars?_?start_?times_?ms$/i;
const DURATIONS_IN_MS = /^chars?_?durations_?ms$/i;

/** No speech lasts longer than a day: a later time is garbage. */
const LATEST = 86_400;
/** Times are rounded to a millisecond on the wire, so neighbours may disagree by one; the rest is float noise. */
const ROUNDING = 0.001_001;

/**
 * The alignment in a wire object of any spelling, in seconds on the wire's own time base, or `undefined` where there is none
 * or it is malformed. Never throws.
 *
 * @param warn Told in one sentence what was wrong: the alignment was ignored, or repaired.
 */
export function parseAlignment(wire: unknown, warn: (problem: string) => void = () => {}): Alignment | undefined {
  if (wire === null || wire === undefined) return undefined;
  const refuse = (reason: string): undefined => {
    warn(`Ignored a malformed alignment: ${reason}.`);
    return undefined;
  };
  const fields = Object.entries(typeof wire === 'object' ? wire : {});
  const characters = arrayNamed(CHARACTERS, fields);
  const seconds = arrayNamed(STARTS_IN_SECONDS, fields);
  const wireStarts = seconds ?? arrayNamed(STARTS_IN_MS, fields);
  const wireEnds = arrayNamed(seconds ? ENDS_IN_SECONDS : DURATIONS_IN_MS, fields);
  if (!characters || characters.length !== wireStarts?.length || characters.length !== wireEnds?.length) {
    return refuse('an array is missing or of another length');
  }
  if (!characters.every((character) => typeof character === 'string')) return refuse('a character is not a string');

  const starts: number[] = [];
  const ends: number[] = [];
  const scale = seconds ? 1 : 1000;
  let isRepaired = false;
  let previous = 0;
  for (const [index, wireStart] of wireStarts.entries()) {
    const wireEnd = wireEnds[index];
    if (!isTime(wireStart, scale) || !isTime(wireEnd, scale)) return refuse('a time is out of range');
    const start = wireStart / scale;
    const end = seconds ? wireEnd : (wireStart + wireEnd) / scale;
    if (start < previous - ROUNDING) return refuse('a start steps back');
    if (end < start - ROUNDING) isRepaired = true;
    previous = Math.max(start, previous);
    starts.push(previous);
    ends.push(Math.max(end, previous));
  }
  if (isRepaired) warn('Repaired an alignment: a character ends before it starts.');
  return { characters, starts, ends };
}

function arrayNamed(name: RegExp, fields: readonly [string, unknown][]): readonly unknown[] | undefined {
  const field = fields.find(([key, value]) => name.test(key) && Array.isArray(value));
  return field?.[1] as readonly unknown[] | undefined;
}

function isTime(value: unknown, scale: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= LATEST * scale;
}
