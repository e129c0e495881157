import { describe, expect, test } from 'vitest';
import { wordIndexAt } from '../../src/core/word-at.ts';
import { createWordTimeline } from '../../src/core/word-timeline.ts';
import type { Word } from '../../src/core/word.ts';
import { paused, pausedText, transcript } from './alignment-cases/recorded.ts';
import type { Alignment } from '../../src/core/alignment.ts';

function wordsOf(alignment: Alignment, text?: string): readonly Word[] {
  const timeline = createWordTimeline({ text });
  timeline.append(alignment);
  timeline.finish();
  return timeline.words;
}

function litAt(words: readonly Word[], time: number, hold?: number): string | undefined {
  return words[wordIndexAt(words, time, { hold })]?.text;
}

test('case 5: a word is held 0.3 s into a gap, a lone mark is never lit', () => {
  const words = wordsOf(transcript);
  expect(litAt(words, 2.9)).toBe('timings');
  expect(litAt(words, 3.085)).toBe('timings');
  expect(litAt(words, 3.09)).toBeUndefined();
  expect(litAt(words, 3.122)).toBeUndefined();
  expect(litAt(words, 3.123)).toBe('now');
});

test('case 6: nothing is lit in a long pause, unless words are held until the next', () => {
  const words = wordsOf(paused, pausedText);
  expect(words.find(({ text }) => text === 'sight')).toMatchObject({ textStart: 117, textEnd: 122, end: 7.4 });
  expect(words.find(({ text }) => text === 'People')).toMatchObject({ textStart: 124, start: 8.266, end: 8.603 });
  expect(litAt(words, 8)).toBeUndefined();
  expect(litAt(words, 8, Infinity)).toBe('sight');
  expect(litAt(words, 8.266)).toBe('People');
});

test('every word is lit from its start to its end', () => {
  const words = wordsOf(transcript);
  for (const { index, start, end } of words) {
    expect(wordIndexAt(words, start)).toBe(index);
    expect(wordIndexAt(words, end - 0.001)).toBe(index);
    expect(wordIndexAt(words, start - 0.001)).not.toBe(index);
  }
});

describe('no word is lit', () => {
  const words = wordsOf(transcript);

  test.each([-1, 0.069, words.at(-1)!.end + 0.31, Infinity, Number.NaN])('at %s', (time) => {
    expect(wordIndexAt(words, time)).toBe(-1);
  });

  test('where there are none', () => {
    expect(wordIndexAt([], 1)).toBe(-1);
  });
});

test('the next word is lit although the one before it has not ended', () => {
  const [first, second] = wordsOf(transcript);
  expect(wordIndexAt([{ ...first!, end: 9 }, second!], second!.start)).toBe(1);
});

test('a look-up among 10,000 words reads few of them', () => {
  let reads = 0;
  const words = Array.from({ length: 10_000 }, (_, index) => ({
    get start() {
      reads += 1;
      return index;
    },
    end: index + 0.9,
  })) as unknown as Word[];
  expect(wordIndexAt(words, 7654.5)).toBe(7654);
  expect(reads).toBeLessThanOrEqual(15);
});
