import { describe, expect, test } from 'vitest';
import type { Alignment } from '../../src/core/alignment.ts';
import { parseAlignment } from '../../src/core/parse-alignment.ts';
import { createWordTimeline } from '../../src/core/word-timeline.ts';
import { greetingNormalizedWire, greetingWire } from './alignment-cases/recorded.ts';

const { chars, charStartTimesMs, charDurationsMs } = greetingWire;
const starts = charStartTimesMs.map((time) => time / 1000);
const ends = charStartTimesMs.map((time, index) => (time + charDurationsMs[index]!) / 1000);

function wire(characters: unknown, from: unknown, to: unknown): unknown {
  return { characters, character_start_times_seconds: from, character_end_times_seconds: to };
}

/** The alignment, and what was told of it. */
function read(value: unknown): { alignment: Alignment | undefined; problems: string[] } {
  const problems: string[] = [];
  return { alignment: parseAlignment(value, (problem) => problems.push(problem)), problems };
}

describe('case 36: an alignment means the same in every spelling', () => {
  const spellings: [string, unknown][] = [
    ['HTTP', wire(chars, starts, ends)],
    ['the official SDK', { characters: chars, characterStartTimesSeconds: starts, characterEndTimesSeconds: ends }],
    ['WebSocket', { chars, charStartTimesMs, charDurationsMs }],
    ['WebSocket, older durations', { chars, charStartTimesMs, charsDurationsMs: charDurationsMs }],
    ['WebSocket, older', { chars, charsStartTimesMs: charStartTimesMs, charsDurationsMs: charDurationsMs }],
    ['agents', { chars, char_start_times_ms: charStartTimesMs, char_durations_ms: charDurationsMs }],
  ];

  test.each(spellings)('%s', (_, spelt) => {
    expect(read(spelt)).toEqual({ alignment: { characters: chars, starts, ends }, problems: [] });
    const timeline = createWordTimeline();
    timeline.append(parseAlignment(spelt)!);
    expect(timeline.words.map(({ text, start, end }) => [text, start, end])).toEqual([
      ['Hello', 0, 0.313],
      ['World', 0.372, 0.662],
    ]);
  });
});

test('cases 1 and 2: the last character ends with its duration in both fields', () => {
  expect(parseAlignment(greetingWire)?.ends.at(-1)).toBe(1.022);
  expect(parseAlignment(greetingNormalizedWire)?.ends.at(-1)).toBe(1.022);
});

describe('case 35: where there is no timing', () => {
  test.each([null, undefined])('%s is absent, not malformed', (absent) => {
    expect(read(absent)).toEqual({ alignment: undefined, problems: [] });
  });

  test('three empty arrays are an alignment of no characters', () => {
    const empty = { alignment: { characters: [], starts: [], ends: [] }, problems: [] };
    expect(read(wire([], [], []))).toEqual(empty);
    expect(read({ chars: [], charStartTimesMs: [], charDurationsMs: [] })).toEqual(empty);
  });
});

describe('cases 31 and 32: a malformed alignment is refused, with the reason in one sentence', () => {
  const malformed: [string, unknown][] = [
    ['more characters than times', wire(['a', 'b', 'c'], [0, 1], [1, 2, 3])],
    ['more characters than ends', wire(['a', 'b', 'c'], [0, 1, 2], [1, 2])],
    ['a missing array', { characters: ['a'], character_start_times_seconds: [0] }],
    ['seconds and milliseconds mixed', { characters: ['a'], character_start_times_seconds: [0], charDurationsMs: [1] }],
    ['an object of something else', {}],
    ['a string for an array', wire('a', [0], [1])],
    ['null for an array', wire(['a'], null, [1])],
    ['a time that is not a number', wire(['a'], [Number.NaN], [1])],
    ['a time without end', wire(['a'], [0], [Infinity])],
    ['a start below zero', wire(['a'], [-1], [1])],
    ['an end below zero', wire(['a'], [0], [-0.001])],
    ['a duration below zero', { chars: ['a'], charStartTimesMs: [5], charDurationsMs: [-1] }],
    ['an absurd start', wire(['a'], [1e308], [1e308])],
    ['an absurd duration', { chars: ['a'], charStartTimesMs: [0], charDurationsMs: [1e308] }],
    ['a boolean for a time', wire(['a'], [true], [1])],
    ['a string for a time', wire(['a'], ['0'], [1])],
    ['null for a time', wire(['a'], [0], [null])],
    ['a number for a character', wire([1], [0], [1])],
    ['a start that steps back by more than a millisecond', wire(['a', 'b'], [0.5, 0.498], [0.6, 0.7])],
    ['an array', []],
    ['a string', 'alignment'],
    ['a boolean', true],
  ];

  test.each(malformed)('%s', (_, value) => {
    const { alignment, problems } = read(value);
    expect(alignment).toBeUndefined();
    expect(problems).toEqual([expect.stringMatching(/^Ignored a malformed alignment: [a-z ]+\.$/u)]);
    expect(parseAlignment(value)).toBeUndefined();
  });
});

test('case 32: a start that steps back by a millisecond is the one before it', () => {
  expect(read(wire(['a', 'b', 'c'], [0.122, 0.121, 0.1215], [0.2, 0.3, 0.4]))).toEqual({
    alignment: { characters: ['a', 'b', 'c'], starts: [0.122, 0.122, 0.122], ends: [0.2, 0.3, 0.4] },
    problems: [],
  });
});

test('case 33: an end before its start is the start, and that is told', () => {
  const { alignment, problems } = read(wire(['a', 'b'], [0.5, 0.6], [0.2, 0.7]));
  expect(alignment).toEqual({ characters: ['a', 'b'], starts: [0.5, 0.6], ends: [0.5, 0.7] });
  expect(problems).toEqual([expect.stringMatching(/^Repaired an alignment/u)]);
});
