import { describe, expect, test } from 'vitest';
import type { Alignment } from '../../src/core/alignment.ts';
import { segmentWords } from '../../src/core/segment-words.ts';
import { createWordTimeline, type WordTimeline } from '../../src/core/word-timeline.ts';
import type { Word } from '../../src/core/word.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { sliceAlignment } from './alignment-cases/build-alignment.ts';

type Random = () => number;

const vocabulary = [
  'the',
  'a',
  'ring',
  'ring',
  "I'm",
  'state-of-the-art',
  '$5',
  '29.83',
  '1,000',
  '76%',
  'C++',
  'and/or',
  'Straße',
  'İstanbul',

  'cafés',
  'cafe\u0301s',
  'naïve',
  'नमस्ते',
  'דבר',
  'שָׁלוֹם',
  'می\u200Cخواهم',
  '한국어',
  '𝒜𝒷',
  'soft\u00ADhyphen',
  'ﬁne',
  '½',

  '吾輩は猫である',
  '我是你的智能助手',
  'สวัสดีชาวโลก',
  'น้ำ',
  'AI助手',
  'か\u3099',
  '👩‍👩‍👧‍👦',
  '👍🏽',
  '🇫🇷',
  '--',
  '—',
  '…',
  '1️⃣',
  'ok👍',
  '“quoted”',
  '(so)',
  "Star'—no",
  'e.g.',
  '[laughs]',
] as const;
const spaces = [' ', ' ', ' ', '  ', '\n', '\r\n    ', '\u00A0', '\u2003', ', ', '. ', '。', '—', ' — '] as const;

const oneOf = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)]!;

function randomText(random: Random): string {
  let text = random() < 0.3 ? oneOf(random, spaces) : '';
  for (let count = Math.floor(random() * 40); count >= 0; count -= 1)
    text += oneOf(random, vocabulary) + oneOf(random, spaces);
  return text;
}

/** Contiguous times on the service's grid, in whole milliseconds; white space after white space has none. */
function speakLikeTheService(text: string, random: Random): Alignment {
  const characters = Array.from(text);
  const starts: number[] = [];
  const ends: number[] = [];
  let frames = 0;
  for (const [index, character] of characters.entries()) {
    starts.push(Math.round((frames * 256_000) / 22_050) / 1000);
    const isSilent = /\s/u.test(character) && /\s/u.test(characters[index - 1] ?? '');
    frames += isSilent ? 0 : 2 + Math.floor(random() * 20);
    ends.push(Math.round((frames * 256_000) / 22_050) / 1000);
  }
  return { characters, starts, ends };
}

/** The same speech with entries left out, said twice, replaced, and white space put in. */
function distort({ characters, starts, ends }: Alignment, random: Random): Alignment {
  const rate = random() * 0.2;
  const distorted = characters.flatMap((character) => {
    if (random() >= rate) return [character];
    return oneOf(random, [[], [character, character], ['x'], [' ', character], ['five dollars']]);
  });
  const last = characters.length - 1;
  return {
    characters: distorted,
    starts: distorted.map((_, index) => starts[Math.min(index, last)]!),
    ends: distorted.map((_, index) => ends[Math.min(index, last)]!),
  };
}

function cut(alignment: Alignment, random: Random): Alignment[] {
  const pieces: Alignment[] = [];
  const longest = 1 + Math.floor(random() * 30);
  for (let first = 0; first < alignment.characters.length;) {
    const last = first + Math.floor(random() * (longest + 1));
    pieces.push(sliceAlignment(alignment, first, last));
    first = last;
  }
  return pieces;
}

function fill(timeline: WordTimeline, pieces: readonly Alignment[]): readonly Word[] {
  for (const piece of pieces) timeline.append(piece);
  timeline.finish();
  return timeline.words;
}

function graphemeEdges(text: string): Set<number> {
  const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
  return new Set([text.length, ...Array.from(graphemes, ({ index }) => index)]);
}

function expectOrder(words: readonly Word[], text: string): void {
  let textEnd = 0;
  let start = 0;
  for (const [index, word] of words.entries()) {
    expect(word.index).toBe(index);
    expect(word.textStart).toBeGreaterThanOrEqual(textEnd);
    expect(text.slice(word.textStart, word.textEnd)).toBe(word.text);
    expect(word.start).toBeGreaterThanOrEqual(start);
    expect(word.end).toBeGreaterThanOrEqual(word.start);
    ({ textEnd, start } = word);
  }
}

/** The time that this process had the processor, in microseconds: others that run beside it don't count. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

describe.each(Array.from({ length: 60 }, (_, seed) => seed))('a random text, seed %i', (seed) => {
  const { next: random } = seededRandom(seed);
  const text = randomText(random);
  const alignment = speakLikeTheService(text, random);
  const segments = segmentWords(text);

  test('has all its letters and digits in words that lie on grapheme edges', () => {
    const edges = graphemeEdges(text);
    let rest = '';
    let last = 0;
    for (const { start, end } of segments) {
      expect(edges).toContain(start);
      expect(edges).toContain(end);
      rest += text.slice(last, start);
      last = end;
    }
    expect(rest + text.slice(last)).not.toMatch(/[\p{L}\p{N}]/u);
  });

  test('has each word once, in the time of its own characters, with the sent text and without', () => {
    const offsets = new Map<number, number>();
    let offset = 0;
    for (const [index, character] of alignment.characters.entries()) {
      offsets.set(offset, index);
      offset += character.length;
    }
    for (const options of [{ text }, {}]) {
      const timeline = createWordTimeline(options);
      const words = fill(timeline, [alignment]);
      expect(timeline.text).toBe(text);
      expectOrder(words, text);
      expect(words.map((word) => ({ text: word.text, start: word.textStart, end: word.textEnd }))).toEqual(segments);
      for (const word of words) {
        expect(word.estimated).toBe(false);
        expect(word.start).toBe(alignment.starts[offsets.get(word.textStart)!]);
      }
    }
  });

  test('case 62: has the same words however its alignment is cut', () => {
    const whole = fill(createWordTimeline({ text }), [alignment]);
    expect(fill(createWordTimeline({ text }), cut(alignment, random))).toEqual(whole);
    const grown = createWordTimeline();
    expect(fill(grown, cut(alignment, random))).toEqual(whole);
  });

  test('loses no word when other words were spoken, however that is cut', () => {
    const distorted = distort(alignment, random);
    const whole = fill(createWordTimeline({ text }), [distorted]);
    expectOrder(whole, text);
    expect(whole.map((word) => word.textStart)).toEqual(segments.map(({ start }) => start));
    expect(fill(createWordTimeline({ text }), cut(distorted, random))).toEqual(whole);
  });

  test('keeps the words it has while it streams; only the last one grows', () => {
    const timeline = createWordTimeline({ text });
    let before: readonly Word[] = [];
    for (const piece of cut(distort(alignment, random), random)) {
      timeline.append(piece);
      expectOrder(timeline.words, text);
      expect(timeline.words.slice(0, Math.max(before.length - 1, 0))).toEqual(before.slice(0, -1));
      const grown = timeline.words[before.length - 1];
      expect(grown?.start).toBe(before.at(-1)?.start);
      before = [...timeline.words];
    }
  });
});

test.each([true, false])('the cost of an append does not grow with what was appended (text sent: %s)', (sent) => {
  const text = Array.from({ length: 20_000 }, (_, index) =>
    oneOf(seededRandom(index).next, ['alpha', 'beta,', '$5', 'of', 'said.']),
  ).join(' ');
  const alignment = speakLikeTheService(text, () => 0.3);
  const timeline = createWordTimeline(sent ? { text } : {});
  const parts = 40;
  const size = Math.ceil(alignment.characters.length / parts);
  const costs: number[] = [];
  for (let part = 0; part < parts; part += 1) {
    const pieces: Alignment[] = [];
    for (let first = part * size; first < (part + 1) * size; first += 2) {
      pieces.push(sliceAlignment(alignment, first, Math.min(first + 2, (part + 1) * size)));
    }
    const begin = cpuTime();
    for (const piece of pieces) timeline.append(piece);
    costs.push(cpuTime() - begin);
    // A cost that grows is known long before it has been paid in full.
    expect(Math.min(...costs.slice(-3)) / Math.min(...costs.slice(0, 5))).toBeLessThan(10);
  }
  timeline.finish();
  expect(timeline.words).toHaveLength(20_000);
  // Were it to grow, the last quarter would cost seven times the first.
  expect(Math.min(...costs.slice(-10)) / Math.min(...costs.slice(0, 10))).toBeLessThan(4);
});
