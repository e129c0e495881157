import { describe, expect, test } from 'vitest';
import type { Alignment } from '../../src/core/alignment.ts';
import { segmentWords } from '../../src/core/segment-words.ts';
import { createWordTimeline, type WordTimeline } from '../../src/core/word-timeline.ts';
import type { Word } from '../../src/core/word.ts';
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts';
import { buildAlignment, sliceAlignment, speak } from './alignment-cases/build-alignment.ts';

type Step = { readonly text: string } | { readonly speech: Alignment };

const textsOf = (timeline: WordTimeline): string[] => timeline.words.map(({ text }) => text);
const estimatesOf = (timeline: WordTimeline): string[] =>
  timeline.words.filter((word) => word.estimated).map(({ text }) => text);

const millis = (time: number): number => Math.round(time * 1e6) / 1e6;
const rounded = (word: Word): Word => ({ ...word, start: millis(word.start), end: millis(word.end) });

function take(timeline: WordTimeline, step: Step): void {
  if ('text' in step) timeline.extend(step.text);
  else timeline.append(step.speech);
}

/** The finished words of a timeline that was made with the whole text, and got the speech at once. */
function wordsOfWhole(text: string, speech: Alignment, locale?: string): readonly Word[] {
  const timeline = createWordTimeline({ text, locale });
  timeline.append(speech);
  timeline.finish();
  return timeline.words;
}

describe('a text that is still being written', () => {
  test.each<[string, string[], string[]]>([
    ['words', ['Hel', 'lo', ' wor', 'ld', ' again'], ['Hello', 'world', 'again']],
    ['a number', ['is 3', '.', '14', '1', ', about'], ['is', '3.141', 'about']],
    ['an apostrophe', ['don', "'", 't g', 'o'], ["don't", 'go']],
    ['a sign before its number', ['only $', '5', '0', '%', ' off'], ['only', '$50%', 'off']],
    ['a combining mark', ['cafe', '\u0301', 's e', '\u0301te', '\u0301'], ['cafe\u0301s', 'e\u0301te\u0301']],
    ['a hyphen', ['state', '-', 'of', '-the', '-art — ', '-', 'x'], ['state-of-the-art', 'x']],
    ['signs after a word', ['C', '+', '+ C', '#', ' me', '@', 'x.', 'com'], ['C++', 'C#', 'me@x.com']],
    ['a Hebrew abbreviation', ['צה', '"', 'ל', ' "', 'שלום', '"'], ['צה"ל', 'שלום']],
    ['a full stop', ['One', '.', ' Two', '.', 'x'], ['One', 'Two.x']],
  ])('%s may come in pieces, before its speech or after', (_, pieces, expected) => {
    const text = pieces.join('');
    const before = createWordTimeline({ text: '' });
    for (const piece of pieces) before.extend(piece);
    before.append(speak(text));
    before.finish();
    expect(before.text).toBe(text);
    expect(textsOf(before)).toEqual(expected);
    expect(before.words).toEqual(wordsOfWhole(text, speak(text)));

    const after = createWordTimeline({ text: pieces[0]! });
    after.append(speak(text));
    for (const piece of pieces.slice(1)) after.extend(piece);
    after.finish();
    expect(after.words).toEqual(before.words);
  });

  test('a word that was spoken in part is the whole word when the rest of it comes', () => {
    const timeline = createWordTimeline({ text: 'Hello wor' });
    timeline.append(speak('Hello wor'));
    const [hello, part] = timeline.words;
    expect(part).toMatchObject({ text: 'wor', textStart: 6, textEnd: 9, end: expect.closeTo(0.9) });
    timeline.extend('ld again');
    expect(timeline.words[0]).toBe(hello);
    expect(timeline.words[1]).toEqual({ ...part, text: 'world', textEnd: 11 });
    timeline.append(speak('ld', 0.9));
    expect(textsOf(timeline)).toEqual(['Hello', 'world']);
    expect(timeline.words[1]).toMatchObject({ start: expect.closeTo(0.6), end: expect.closeTo(1.1) });
  });

  test('a sign that was spoken before its number came begins the word', () => {
    const timeline = createWordTimeline({ text: 'only $' });
    timeline.append(speak('only $'));
    expect(textsOf(timeline)).toEqual(['only']);
    timeline.extend('5');
    expect(timeline.words[1]).toMatchObject({ text: '$5', start: expect.closeTo(0.5), end: expect.closeTo(0.6) });
  });

  test('what is spoken beyond the text so far waits for it', () => {
    const timeline = createWordTimeline({ text: '' });
    timeline.append(speak('one two three'));
    expect(timeline.words).toEqual([]);
    for (const character of 'one two three') timeline.extend(character);
    timeline.finish();
    expect(timeline.words).toEqual(wordsOfWhole('one two three', speak('one two three')));
  });

  test('what was said in other words at the end of the text so far is placed when the text goes on', () => {
    const spoken = 'It costs five dollars today, or so they say';
    const timeline = createWordTimeline({ text: 'It costs $5' });
    timeline.append(speak(spoken));
    expect(textsOf(timeline)).toEqual(['It', 'costs']);
    timeline.extend(' today, or');
    expect(textsOf(timeline)).toEqual(['It', 'costs']);
    timeline.extend(' so');
    expect(textsOf(timeline)).toEqual(['It', 'costs', '$5', 'today', 'or', 'so']);
    timeline.extend(' they say');
    timeline.finish();
    expect(timeline.words).toEqual(wordsOfWhole('It costs $5 today, or so they say', speak(spoken)));
    expect(estimatesOf(timeline)).toEqual(['$5']);
  });

  test('a long speech that is ahead of the text keeps its times, whatever was said in other words', () => {
    const rest = ' and nobody knew why it had to be like that'.repeat(8);
    const timeline = createWordTimeline({ text: 'Pay $5' });
    timeline.append(speak(`Pay five dollars${rest}`));
    for (const piece of rest.matchAll(/ \w+/gu)) timeline.extend(piece[0]);
    timeline.finish();
    expect(timeline.words).toHaveLength(2 + 8 * 10);
    expect(estimatesOf(timeline)).toEqual(['$5']);
  });

  test('case 18: the text decides whether a leading space parts words', () => {
    for (const [first, second, expected] of [
      ['q', 'uieras', ['quieras']],
      ['que', ' uieras', ['que', 'uieras']],
    ] as const) {
      const timeline = createWordTimeline({ text: '' });
      timeline.extend(first);
      timeline.append(speak(first));
      timeline.extend(second);
      timeline.append(speak(` ${second.trim()}`, first.length * 0.1));
      timeline.finish();
      expect(textsOf(timeline)).toEqual(expected);
    }
  });

  test('case 19: spaces that the service inserted are dropped', () => {
    const timeline = createWordTimeline({ text: 'どんなことでも気', locale: 'ja' });
    timeline.append(speak('どんなことでも気 '));
    timeline.extend('軽に相談してくださいね。');
    timeline.append(speak('軽に相談してくださいね。 ', 0.9));
    timeline.finish();
    const text = 'どんなことでも気軽に相談してくださいね。';
    expect(timeline.words.map(({ textStart, textEnd }) => ({ textStart, textEnd }))).toEqual(
      segmentWords(text, { locale: 'ja' }).map(({ start, end }) => ({ textStart: start, textEnd: end })),
    );
    expect(estimatesOf(timeline)).toEqual([]);
  });

  test('case 27: a speech that begins again gives no word twice', () => {
    const timeline = createWordTimeline({ text: '' });
    timeline.extend('Hola, Antoine');
    timeline.append(speak('Hola, A'));
    timeline.extend(', ¿cómo estás?');
    timeline.append(speak('Hola, Antoine, ¿cómo estás?', 0.7));
    timeline.finish();
    expect(textsOf(timeline)).toEqual(['Hola', 'Antoine', 'cómo', 'estás']);
    expect(timeline.words[0]).toMatchObject({ start: 0, end: expect.closeTo(0.4) });
    expect(timeline.words[1]).toMatchObject({ start: expect.closeTo(0.6), end: expect.closeTo(2) });
  });

  test('a text that is divided anew keeps the words before', () => {
    const asked: string[] = [];
    const pairs = {
      segment(run: string) {
        asked.push(run);
        return Array.from(run.matchAll(/..?/gu), ({ 0: segment, index }) => ({ segment, index }));
      },
    };
    const timeline = createWordTimeline({ text: '今日は。東京都', segmenter: pairs });
    timeline.append(speak('今日は。東京都'));
    const [first, , , last] = timeline.words;
    timeline.extend('民');
    expect(textsOf(timeline)).toEqual(['今日', 'は', '東京', '都民']);
    expect(timeline.words[0]).toBe(first);
    expect(timeline.words[3]).toEqual({ ...last, text: '都民', textEnd: 8 });
    expect(asked).toEqual(['今日は', '東京都', '東京都民']);
  });

  test('a run of letters that does not end is divided, so that its cost stays bounded', () => {
    const timeline = createWordTimeline({ text: '' });
    const run = 'ab'.repeat(1500);
    for (const piece of [`Look: ${run}`, 'cd', ' and', ' so on']) timeline.extend(piece);
    timeline.append(speak(`Look: ${run}cd and so on`));
    timeline.finish();
    expect(timeline.words.map(({ textStart, textEnd }) => [textStart, textEnd])).toEqual([
      [0, 4],
      [6, 3006],
      [3006, 3008],
      [3009, 3012],
      [3013, 3015],
      [3016, 3018],
    ]);
  });

  test('a long text in one piece ends with a word that may go on', () => {
    const timeline = createWordTimeline({ text: '' });
    const long = 'alpha beta '.repeat(400);
    timeline.extend(`${long}gam`);
    timeline.extend('ma');
    timeline.append(speak(`${long}gamma`));
    expect(timeline.words.at(-1)).toMatchObject({ text: 'gamma', estimated: false });
  });

  test('nothing is taken after the end', () => {
    const timeline = createWordTimeline({ text: 'one' });
    timeline.append(speak('one two'));
    timeline.finish();
    timeline.extend(' two');
    timeline.finish();
    expect(timeline.text).toBe('one');
    expect(textsOf(timeline)).toEqual(['one']);
  });

  test('a timeline that takes its text from the speech is not extended', () => {
    const timeline = createWordTimeline();
    timeline.append(speak('one two'));
    expect(() => timeline.extend(' three')).toThrow(TypeError);
    expect(() => timeline.extend(' three')).toThrow(/create it with the text so far/u);
    expect(timeline.text).toBe('one two');
  });
});

describe('how far the text was spoken', () => {
  test('is the next letter, or the end of the text so far', () => {
    const timeline = createWordTimeline({ text: 'Hello world again' });
    expect(timeline.spokenTo).toBe(0);
    timeline.append(speak('Hello'));
    expect(timeline.spokenTo).toBe(6);
    timeline.append(speak(' wor', 0.5));
    expect(timeline.spokenTo).toBe(9);
    timeline.append(speak('ld again', 0.9));
    expect(timeline.spokenTo).toBe(17);
    timeline.extend('. ');
    expect(timeline.spokenTo).toBe(19);
    timeline.extend('“No');
    expect(timeline.spokenTo).toBe(20);
  });

  test('is behind what was said in other words once that is placed', () => {
    const timeline = createWordTimeline({ text: 'Costs $5 today or later' });
    timeline.append(speak('Costs five dollars today'));
    expect(timeline.spokenTo).toBe(6);
    timeline.append(speak(' or l', 2.4));
    expect(timeline.spokenTo).toBe(19);
  });

  test('is not moved by the estimates for words that were not spoken', () => {
    const timeline = createWordTimeline({ text: 'one two three' });
    timeline.append(speak('one tw'));
    timeline.finish(3);
    expect(timeline.words).toHaveLength(3);
    expect(timeline.spokenTo).toBe(6);
  });

  test('is the end where the speech tells the text', () => {
    const timeline = createWordTimeline();
    expect(timeline.spokenTo).toBe(0);
    for (const entry of ['Hello… ', '\uD83D', '\uDE00', '👍🏽', ' é', '\u0301']) {
      timeline.append({ characters: [entry], starts: [0], ends: [1] });
      expect(timeline.spokenTo).toBe(timeline.text.length);
    }
    expect(textsOf(timeline)).toEqual(['Hello', 'é\u0301']);
  });
});

const vocabulary = [
  "the a ring don't state-of-the-art C++ me@x.com U.S.A naïve cafe\u0301s ﬁne ½",
  "$5 US$5 5€ 3.14 1,000.50 12:30 76% #1 20°C १२.५ -- — … $ - . “quoted” (so) 'tis' «oui»",
  '👍🏽 ok👍 👩‍👩‍👧‍👦 1️⃣ 🇫🇷 𝒜𝒷 soft\u00AD می\u200C',
  'שָׁלוֹם צה"ל नमस्ते दुनिया 한국어 吾輩は猫である 我是你的智能助手 か\u3099 สวัสดีชาวโลก AI助手 ภาษา',
].flatMap((words) => words.split(' '));
const gaps = ['', '', ' ', ' ', ' ', ' ', '\n', '\r\n  ', '\u00A0', ', ', '. ', '。', '、', '—', ' “', '/'];

function oneOf<T>({ between }: SeededRandom, values: readonly T[]): T {
  return values[between(0, values.length - 1)]!;
}

function randomText(random: SeededRandom, words: number): string {
  return Array.from({ length: words }, () => oneOf(random, vocabulary) + oneOf(random, gaps)).join('');
}

function distort({ characters, starts, ends }: Alignment, random: SeededRandom): Alignment {
  const rate = random.next() * 0.1;
  const kept = characters.map((character) =>
    random.next() < rate ? oneOf(random, ['', 'x', `${character}${character}`, ' five dollars ']) : character,
  );
  return { characters: kept, starts, ends };
}

/** The text and its speech in random pieces; `isDue` tells whether speech may come up to a code point of the text. */
function interleave(
  text: string,
  speech: Alignment,
  random: SeededRandom,
  isDue: (spoken: number, written: number) => boolean,
): Step[] {
  const points = Array.from(text);
  const longest = oneOf(random, [1, 4, 30, 300]);
  const steps: Step[] = [];
  let written = 0;
  let spoken = 0;
  while (written < points.length || spoken < points.length) {
    const spokenNext = Math.min(spoken + random.between(1, longest), points.length);
    const isSpeech = spoken < points.length && random.next() < 0.5;
    if (isSpeech && (written === points.length || isDue(spokenNext, written))) {
      steps.push({ speech: sliceAlignment(speech, spoken, spokenNext) });
      spoken = spokenNext;
    } else if (written < points.length) {
      const next = written + random.between(0, longest);
      steps.push({ text: points.slice(written, next).join('') });
      written = Math.min(next, points.length);
    }
  }
  return steps;
}

const audible = /[\p{L}\p{M}\p{N}\p{Sc}\p{Sm}\p{So}%#]/u;
const invisible = /\p{DI}/gu;

describe.each(Array.from({ length: 50 }, (_, seed) => seed))('a random text that grows, seed %i', (seed) => {
  const random = seededRandom(seed);
  const text = randomText(random, random.between(1, 40));
  const speech = speak(text);
  const whole = wordsOfWhole(text, speech);

  test.each<[string, (spoken: number, written: number) => boolean]>([
    ['that is complete when they are spoken', (spoken, written) => spoken <= written && isDone(text, spoken, written)],
    ['that is spoken up to its last character', (spoken, written) => spoken <= written],
    ['that may come after its speech', () => true],
  ])('has the words of the whole, of a text %s', (_, isDue) => {
    const timeline = createWordTimeline({ text: '' });
    for (const step of interleave(text, speech, random, isDue)) take(timeline, step);
    expect(timeline.words).toEqual(whole);
    timeline.finish();
    expect(timeline.words).toEqual(whole);
    expect(timeline.text).toBe(text);
    expect(timeline.spokenTo).toBe(text.length);
  });

  test('has come to the end of a word exactly when all of it was spoken', () => {
    const timeline = createWordTimeline({ text: '' });
    let heard = 0;
    for (const step of interleave(text, speech, random, (spoken, written) => spoken <= written)) {
      const before = timeline.spokenTo;
      take(timeline, step);
      if ('speech' in step) heard += step.speech.characters.join('').length;
      expect(timeline.spokenTo).toBeGreaterThanOrEqual(before);
      for (const { end } of segmentWords(timeline.text)) {
        const rest = timeline.text.slice(heard, end).replace(invisible, '');
        expect(timeline.spokenTo >= end, `${end}`).toBe(!audible.test(rest));
      }
    }
  });

  test('keeps the words before its last gap', () => {
    const timeline = createWordTimeline({ text: '' });
    for (const step of interleave(text, speech, random, () => true)) {
      const border = timeline.text.search(/\s\S*$/u);
      const known = timeline.words.filter(({ textEnd }) => textEnd <= border);
      take(timeline, step);
      const last = 'speech' in step ? known.length - 1 : known.length;
      for (const word of known.slice(0, Math.max(last, 0))) expect(timeline.words[word.index]).toBe(word);
    }
  });

  test('loses and doubles no word when other words were spoken, in whatever order all comes', () => {
    const distorted = distort(speech, random);
    const timeline = createWordTimeline({ text: '' });
    for (const step of interleave(text, distorted, random, () => random.next() < 0.2)) {
      take(timeline, step);
      for (const [index, word] of timeline.words.entries()) {
        expect(word).toMatchObject({ index, text: timeline.text.slice(word.textStart, word.textEnd) });
        expect(word.start).toBeGreaterThanOrEqual(timeline.words[index - 1]?.start ?? 0);
        expect(word.end).toBeGreaterThanOrEqual(word.start);
      }
    }
    timeline.finish();
    expect(timeline.words.map(({ textStart, textEnd }) => ({ textStart, textEnd }))).toEqual(
      whole.map(({ textStart, textEnd }) => ({ textStart, textEnd })),
    );
  });
});

/** Whether a gap follows what is spoken, so that more text can't divide it anew. */
function isDone(text: string, spoken: number, written: number): boolean {
  const points = Array.from(text);
  return /\s/u.test(points.slice(spoken, written).join(''));
}

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'numbers that are spelt out have the time they have in the whole text, seed %i',
  (seed) => {
    const random = seededRandom(seed);
    const plain = "we sold another or they're somewhere else and nobody mentioned the café to him".split(' ');
    const spelt = [
      ['$5', 'five dollars'],
      ['29.83', 'twenty nine point eight three'],
      ['76%', 'seventy six percent'],
      ['1,000', 'a thousand'],
    ] as const;
    const timeline = createWordTimeline({ text: '' });
    let text = '';
    let spoken = '';
    for (let count = 0; count < 40; count += 1) {
      const [written, said] = oneOf(random, spelt);
      const first = random.between(0, plain.length - 4);
      const rest = ` ${plain.slice(first, first + 4).join(' ')} and so on, `;
      const more = written + rest;
      const cut = random.between(0, more.length);
      timeline.extend(more.slice(0, cut));
      timeline.extend(more.slice(cut));
      timeline.append(speak(said + rest, spoken.length * 0.1));
      text += more;
      spoken += said + rest;
      expect(timeline.spokenTo).toBe(timeline.text.length);
    }
    timeline.finish();
    const whole = createWordTimeline({ text });
    whole.append(speak(spoken));
    whole.finish();
    expect(timeline.words.map(rounded)).toEqual(whole.words.map(rounded));
    expect(estimatesOf(timeline)).toHaveLength(40);
  },
);

test.each([
  ['zh', '我们今天在北京大学学习中文因为我们都喜欢中国文化和历史而且老师说得很清楚所以大家都听得懂'],
  ['ja', '吾輩は猫である名前はまだ無いどこで生れたかとんと見当がつかぬ何でも薄暗い所で泣いていた'],
  ['th', 'วันนี้อากาศดีมากเราจึงออกไปเดินเล่นที่สวนสาธารณะใกล้บ้านและกินข้าวด้วยกัน'],
])('a long run of %s without a gap is divided like the whole', (locale, sentence) => {
  const text = sentence.repeat(12);
  const whole = wordsOfWhole(text, speak(text), locale);
  for (const longest of [1, 3, 40]) {
    const { between } = seededRandom(longest);
    const timeline = createWordTimeline({ text: '', locale });
    for (let first = 0; first < text.length;) {
      const next = first + between(1, longest);
      timeline.extend(text.slice(first, next));
      first = next;
    }
    timeline.append(speak(text));
    timeline.finish();
    expect(timeline.words).toEqual(whole);
  }
});

test('a pause between words is no part of them when the text comes later', () => {
  const timeline = createWordTimeline({ text: 'Morn' });
  timeline.append(buildAlignment(['Morning', 0, 0.7], [', ', 0.7, 1.5], ['all', 1.5, 1.8]));
  timeline.extend('ing, all');
  expect(timeline.words).toMatchObject([
    { text: 'Morning', start: 0, end: expect.closeTo(0.7) },
    { text: 'all', start: expect.closeTo(1.5), end: expect.closeTo(1.8) },
  ]);
});

/** The time that this process had the processor, in microseconds: others that run beside it don't count. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

test.each<[string, string[], number, number]>([
  ['words, soon spoken', ['alpha', ' beta', ',', ' $', '5', ' of', ' it', '.', ' sa', 'id'], 5, 500],
  [
    'words, spoken when all is written',
    ['alpha', ' beta', ',', ' $', '5', ' of', ' it', '.', ' sa', 'id'],
    Infinity,
    500,
  ],
  ['a run without a gap', ['我们', '今天', '在', '北京', '大学', '学', '习', '中文'], 5, 120],
  ['letters without an end', ['abcd'], 5, 500],
  ['signs', ['—', '…', '-', '-', ' ', '$', '  '], 5, 500],
])('the cost of an extend does not grow with the text: %s', (_, tokens, lead, size) => {
  const { next, between } = seededRandom(1);
  const timeline = createWordTimeline({ text: '' });
  const waiting: string[] = [];
  const costs: number[] = [];
  const parts = 40;
  let at = 0;
  for (let part = 0; part < parts; part += 1) {
    const steps: Step[] = [];
    for (let count = 0; count < size; count += 1) {
      const text = tokens[between(0, tokens.length - 1)]!;
      steps.push({ text });
      waiting.push(text);
      if (waiting.length <= lead || next() < 0.5) continue;
      const speech = speak(waiting.splice(0, waiting.length - lead).join(''), at);
      steps.push({ speech });
      at = speech.ends.at(-1)!;
    }
    const begin = cpuTime();
    for (const step of steps) take(timeline, step);
    costs.push(cpuTime() - begin);
    // A cost that grows is known long before it has been paid in full.
    expect(Math.min(...costs.slice(-3)) / Math.min(...costs.slice(0, 5))).toBeLessThan(10);
  }
  timeline.append(speak(waiting.join(''), at));
  timeline.finish();
  expect(estimatesOf(timeline)).toEqual([]);
  // Were it to grow, the last quarter would cost seven times the first.
  expect(Math.min(...costs.slice(-10)) / Math.min(...costs.slice(0, 10))).toBeLessThan(4);
});
