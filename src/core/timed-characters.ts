import type { Alignment } from './alignment.ts';

/** A code point and the time in which it is spoken, in seconds. */
export interface TimedCharacter {
  readonly character: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The code points of an alignment, those of one entry sharing its time evenly. Their times never go back, nor before
 * `earliest`.
 */
export function* timedCharacters(
  { characters, starts, ends }: Alignment,
  earliest: number,
): Generator<TimedCharacter, void, undefined> {
  let latest = earliest;
  for (const [index, entry] of characters.entries()) {
    const start = atLeast(latest, starts[index]);
    const end = atLeast(start, ends[index]);
    const points = Array.from(entry);
    const share = (end - start) / points.length;
    for (const [place, character] of points.entries()) {
      latest = start + place * share;
      yield { character, start: latest, end: place === points.length - 1 ? end : latest + share };
    }
  }
}

function atLeast(least: number, time: number | undefined): number {
  return time !== undefined && time > least ? time : least;
}
