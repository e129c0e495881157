import { expect } from 'vitest';
import type { Word } from '../../../src/core/word.ts';

const placeOf = ({ text, textStart, textEnd, estimated }: Word): unknown => ({ text, textStart, textEnd, estimated });

/** The same words in the same ranges, in times that differ by so many seconds at most. */
export function expectSameWords(words: readonly Word[], expected: readonly Word[], within: number): void {
  expect(words.map(placeOf)).toEqual(expected.map(placeOf));
  const apart = expected.map(({ start, end }, index) =>
    Math.max(Math.abs(words[index]!.start - start), Math.abs(words[index]!.end - end)),
  );
  expect(Math.max(0, ...apart)).toBeLessThanOrEqual(within);
}
