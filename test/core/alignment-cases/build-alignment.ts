import type { Alignment } from '../../../src/core/alignment.ts';

/** Some characters and the time in which they are spoken, in seconds. */
export type Spoken = readonly [characters: string, start: number, end: number];

/** An alignment with one entry a code point; the code points of one stretch share its time evenly. */
export function buildAlignment(...stretches: readonly Spoken[]): Alignment {
  const characters: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (const [text, start, end] of stretches) {
    const points = Array.from(text);
    const edge = (index: number): number =>
      index === points.length ? end : start + ((end - start) * index) / points.length;
    for (const [index, character] of points.entries()) {
      characters.push(character);
      starts.push(edge(index));
      ends.push(edge(index + 1));
    }
  }
  return { characters, starts, ends };
}

/** A text spoken from `from` on, every code point for `each` seconds. */
export function speak(text: string, from = 0, each = 0.1): Alignment {
  return buildAlignment([text, from, from + Array.from(text).length * each]);
}

/** The entries from `first` up to but not including `last`. */
export function sliceAlignment({ characters, starts, ends }: Alignment, first: number, last?: number): Alignment {
  return {
    characters: characters.slice(first, last),
    starts: starts.slice(first, last),
    ends: ends.slice(first, last),
  };
}
