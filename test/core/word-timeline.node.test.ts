import { describe, expect, test } from 'vitest';
import type { Alignment } from '../../src/core/alignment.ts';
import { parseAlignment } from '../../src/core/parse-alignment.ts';
import { createWordTimeline, type WordTimeline, type WordTimelineOptions } from '../../src/core/word-timeline.ts';
import type { Word } from '../../src/core/word.ts';
import { buildAlignment, sliceAlignment, speak } from './alignment-cases/build-alignment.ts';
import * as recorded from './alignment-cases/recorded.ts';

type Row = [text: string, textStart: number, textEnd: number, start: number, end: number];

function timelineOf(alignments: Alignment | readonly Alignment[], options?: WordTimelineOptions): WordTimeline {
  const timeline = createWordTimeline(options);
  for (const alignment of [alignments].flat()) timeline.append(alignment);
  timeline.finish();
  return timeline;
}

const millis = (time: number): number => Math.round(time * 1e6) / 1e6;
const row = ({ text, textStart, textEnd, start, end }: Word): Row => [
  text,
  textStart,
  textEnd,
  millis(start),
  millis(end),
];
const rowsOf = (timeline: WordTimeline): Row[] => timeline.words.map(row);
const textsOf = (timeline: WordTimeline): string[] => timeline.words.map(({ text }) => text);
const estimatesOf = (timeline: WordTimeline): string[] =>
  timeline.words.filter((word) => word.estimated).map(({ text }) => text);

/** When the character at an offset starts, where each takes 60 ms. */
const at = (offset: number): number => millis(offset * 0.06);

/** Speaks the texts one after the other, a tenth of a second a character, each as an alignment of its own. */
function speakInTurn(...texts: readonly string[]): Alignment[] {
  let from = 0;
  return texts.map((text) => {
    const alignment = speak(text, from);
    from = alignment.ends.at(-1)!;
    return alignment;
  });
}

describe('recorded data', () => {
  const greeting: Row[] = [
    ['Hello', 0, 5, 0, 0.313],
    ['World', 6, 11, 0.372, 0.662],
  ];

  test('case 1: words begin and end with their letters', () => {
    const alignment = parseAlignment(recorded.greetingWire)!;
    expect(rowsOf(timelineOf(alignment))).toEqual(greeting);
    expect(rowsOf(timelineOf(alignment, { text: 'Hello World' }))).toEqual(greeting);
  });

  test('case 2: the leading space of a normalized text is in no word, and shifts no range of the sent text', () => {
    const alignment = parseAlignment(recorded.greetingNormalizedWire)!;
    const world: Row = ['World', 7, 12, 0.372, 0.662];
    expect(rowsOf(timelineOf(alignment))).toEqual([['Hello', 1, 6, 0.07, 0.313], world]);
    const mapped = timelineOf(alignment, { text: 'Hello World' });
    expect(rowsOf(mapped)).toEqual([['Hello', 0, 5, 0.07, 0.313], greeting[1]]);
    expect(estimatesOf(mapped)).toEqual([]);
  });

  test.each([undefined, recorded.questionText.trim()])(
    'case 3: a contraction is one word, with the text %j',
    (text) => {
      const rows = rowsOf(timelineOf(recorded.question, { text }));
      expect(rows).toHaveLength(8);
      expect(rows[0]).toEqual(['What', 0, 4, 0, 0.174]);
      expect(rows[1]).toEqual(['do', 5, 7, 0.197, 0.244]);
      expect(rows[3]).toEqual(['know', 12, 16, 0.418, 0.569]);
      expect(rows[6]).toEqual(["I'm", 28, 31, 1.022, 1.138]);
      expect(rows[7]).toEqual(['doing', 32, 37, 1.196, 1.533]);
    },
  );

  test('case 4: leading and trailing spaces make no words, a word of 23 ms is one', () => {
    expect(rowsOf(timelineOf(recorded.testSentence))).toEqual([
      ['Hello', 1, 6, 0.058, 0.395],
      ['i', 7, 8, 0.522, 0.58],
      ['am', 9, 11, 0.639, 0.731],
      ['a', 12, 13, 0.778, 0.801],
      ['test', 14, 18, 0.859, 1.149],
    ]);
  });

  test('case 5: two hyphens that stand alone are no word, a full stop is not in its word', () => {
    const rows = rowsOf(timelineOf(recorded.transcript));
    expect(rows).toHaveLength(14);
    expect(rows.map(([text]) => text)).not.toContain('--');
    expect(rows.at(-1)).toEqual(['too', expect.any(Number), expect.any(Number), 4.992, 5.248]);
  });

  test('case 6: a pause is between words', () => {
    const words = rowsOf(timelineOf(recorded.paused, { text: recorded.pausedText }));
    expect(words.slice(-3, -1)).toEqual([
      ['sight', 117, 122, 7.1, 7.4],
      ['People', 124, 130, 8.266, 8.603],
    ]);
  });

  test.each([undefined, recorded.dashText])(
    'case 7: an em dash parts words and is in none, nor are quotes, with the text %j',
    (text) => {
      const rows = rowsOf(timelineOf(recorded.dash, { text }));
      expect(rows.slice(4, 7)).toEqual([
        ['Morning', 20, 27, at(20), at(27)],
        ['Star', 28, 32, at(28), at(32)],
        ['no', 34, 36, at(34), at(36)],
      ]);
    },
  );

  test('case 8: white space without time makes no words', () => {
    const { words, text } = timelineOf(recorded.indented);
    expect(text).toHaveLength(531);
    expect(words[0]).toMatchObject({ text: 'WikiTok', textStart: 5, start: 0.058 });
    expect(words.find((word) => word.text === 'Users')).toMatchObject({ textStart: 120, start: 7.86 });
    expect(words.every((word) => word.end > word.start)).toBe(true);
  });

  test('case 11: a hyphenated word is one, an accented letter is one character', () => {
    const text = 'in cafés. Laptop-friendly';
    const alignment = buildAlignment(
      ['in ', 3.3, 3.551],
      ['cafés', 3.551, 3.93],
      ['. ', 3.93, 4.652],
      ['Laptop-friendly', 4.652, 5.344],
    );
    expect(rowsOf(timelineOf(alignment, { text })).slice(1)).toEqual([
      ['cafés', 3, 8, 3.551, 3.93],
      ['Laptop-friendly', 10, 25, 4.652, 5.344],
    ]);
  });
});

describe('text in pieces', () => {
  test('case 15: a word that is cut in two is one word, in time that was made absolute', () => {
    const first = buildAlignment(['We', 0, 0.1], [' ', 0.1, 0.12], ['th', 0.12, 0.22]);
    const second = buildAlignment(['e', 0.22, 0.26], [' ', 0.26, 0.3], ['go', 0.3, 0.38]);
    expect(rowsOf(timelineOf([first, second]))).toEqual([
      ['We', 0, 2, 0, 0.1],
      ['the', 3, 6, 0.12, 0.26],
      ['go', 7, 9, 0.3, 0.38],
    ]);
  });

  test.each([undefined, 'sleep'])('case 16: a word comes in two pieces, with the text %j', (text) => {
    expect(rowsOf(timelineOf(speakInTurn('sl', 'eep'), { text }))).toEqual([['sleep', 0, 5, 0, 0.5]]);
  });

  test('case 17: leading and trailing separators part words, a border inside a word does not', () => {
    const pieces = [' Why did the math book', ' look so sad? ', ' Because it had too m', 'any problems. '];
    expect(textsOf(timelineOf(speakInTurn(...pieces)))).toEqual(
      'Why did the math book look so sad Because it had too many problems'.split(' '),
    );
  });

  test('case 18: the sent text decides whether a leading space parts words', () => {
    const pieces = speakInTurn('que', ' uieras');
    expect(rowsOf(timelineOf(pieces, { text: 'quieras' }))).toHaveLength(1);
    expect(textsOf(timelineOf(speakInTurn('q', ' uieras'), { text: 'quieras' }))).toEqual(['quieras']);
    expect(textsOf(timelineOf(pieces, { text: 'que uieras' }))).toEqual(['que', 'uieras']);
  });

  test('case 19: spaces that the service inserted are dropped', () => {
    const text = 'どんなことでも気軽に相談してくださいね。';
    const pieces = speakInTurn('どんなことでも気 ', '軽に相談してくださいね。 ');
    const segmenter = { segment: (run: string) => [{ segment: run, index: 0 }] };
    expect(rowsOf(timelineOf(pieces, { text, locale: 'ja', segmenter }))).toEqual([[text.slice(0, -1), 0, 19, 0, 2]]);
  });

  test('case 20: punctuation that comes alone takes its time', () => {
    const pieces = [
      buildAlignment(['Hi there', 0, 0.56]),
      buildAlignment(['!', 0.56, 0.88]),
      buildAlignment([' Bye', 0.88, 1.2]),
    ];
    expect(timelineOf(pieces).words[2]).toMatchObject({ text: 'Bye', textStart: 10 });
    expect(timelineOf(pieces).words[2]!.start).toBeGreaterThanOrEqual(0.88);
  });

  test.each([undefined, 'one tomorrow'])(
    'case 30: a word is there with its first letter, and grows, with the text %j',
    (text) => {
      const timeline = createWordTimeline({ text });
      const words = timeline.words;
      const [first, second] = speakInTurn('one to', 'morrow');
      timeline.append(first!);
      const [one, part] = words;
      expect(row(part!)).toEqual(text === undefined ? ['to', 4, 6, 0.4, 0.6] : ['tomorrow', 4, 12, 0.4, 0.6]);
      timeline.append(second!);
      expect(words[0]).toEqual(one);
      expect(row(words[1]!)).toEqual(['tomorrow', 4, 12, 0.4, 1.2]);
      expect(part).toMatchObject({ end: expect.closeTo(0.6) });
      expect(timeline.words).toBe(words);
    },
  );

  test('case 30: the end of the stream gives the last words their times, and ends the timeline', () => {
    const timeline = createWordTimeline({ text: 'one two three four' });
    timeline.append(speak('one tw'));
    expect(textsOf(timeline)).toEqual(['one', 'two']);
    timeline.finish(1.5);
    expect(rowsOf(timeline)).toEqual([
      ['one', 0, 3, 0, 0.3],
      ['two', 4, 7, 0.4, 0.6],
      ['three', 8, 13, 0.6, 1.1],
      ['four', 14, 18, 1.1, 1.5],
    ]);
    expect(estimatesOf(timeline)).toEqual(['three', 'four']);
    timeline.append(speak('o three four', 0.6));
    timeline.finish(9);
    expect(timeline.words.at(-1)!.end).toBe(1.5);
  });
});

describe('entries', () => {
  test('case 34: the letters of an entry share its time', () => {
    const alignment: Alignment = { characters: ['Hi', ' ', '世界'], starts: [0, 0.1, 0.12], ends: [0.1, 0.12, 0.25] };
    const expected: Row[] = [
      ['Hi', 0, 2, 0, 0.1],
      ['世界', 3, 5, 0.12, 0.25],
    ];
    const segmenter = { segment: (run: string) => [{ segment: run, index: 0 }] };
    expect(rowsOf(timelineOf(alignment, { segmenter }))).toEqual(expected);
    expect(rowsOf(timelineOf(alignment, { segmenter, text: 'Hi 世界' }))).toEqual(expected);
    const glued: Alignment = { characters: ['Hi 世界!'], starts: [0], ends: [0.6] };
    expect(rowsOf(timelineOf(glued, { segmenter }))).toEqual([
      ['Hi', 0, 2, 0, 0.2],
      ['世界', 3, 5, 0.3, 0.5],
    ]);
  });

  test('case 35: no entries make no words', () => {
    const empty: Alignment = { characters: [], starts: [], ends: [] };
    expect(timelineOf(empty)).toMatchObject({ text: '', words: [] });
    expect(textsOf(timelineOf([empty, speak('a'), empty]))).toEqual(['a']);
    expect(timelineOf([], { text: '' }).words).toEqual([]);
  });

  test('entries that go back in time, or have none, never take a word before the one before it', () => {
    const alignment: Alignment = {
      characters: ['a', ' ', 'b', ' ', 'c'],
      starts: [0, 1, 0.5, Number.NaN],
      ends: [1, 1.1, 0.6],
    };
    expect(rowsOf(timelineOf([alignment, speak('d', 0.2)]))).toEqual([
      ['a', 0, 1, 0, 1],
      ['b', 2, 3, 1, 1],
      ['cd', 4, 6, 1, 1],
    ]);
  });

  test('case 44: an emoji of seven code points is no word, and what follows stands behind it', () => {
    const alignment = speak('👩‍👩‍👧‍👦 ok');
    expect(alignment.characters).toHaveLength(10);
    for (const text of [undefined, '👩‍👩‍👧‍👦 ok']) {
      expect(rowsOf(timelineOf(alignment, { text }))).toEqual([['ok', 12, 14, 0.8, 1]]);
    }
  });

  test('an empty entry, a lone surrogate and an invisible character make no words', () => {
    expect(
      rowsOf(
        timelineOf({ characters: ['', '\uD83D', '\u200B', 'a'], starts: [0, 0, 0.1, 0.2], ends: [0, 0.1, 0.2, 0.3] }),
      ),
    ).toEqual([['a', 2, 3, 0.2, 0.3]]);
  });
});

describe('onto the sent text', () => {
  test.each([undefined, 'ring ring ring'])(
    'case 47: a repeated word has its own range each time, with the text %j',
    (text) => {
      expect(rowsOf(timelineOf(speak('ring ring ring'), { text }))).toEqual([
        ['ring', 0, 4, 0, 0.4],
        ['ring', 5, 9, 0.5, 0.9],
        ['ring', 10, 14, 1, 1.4],
      ]);
    },
  );

  test.each<[string, string, string, string[]]>([
    ['quotes', '“Don’t,” she said', '"Don\'t," she said', ['Don’t', 'she', 'said']],
    ['dashes', 'one — two-three', 'one - two‑three', ['one', 'two-three']],
    ['white space', 'one\u00A0 two\r\nthree', 'one two\nthree', ['one', 'two', 'three']],
    ['invisible characters', 'co\u00ADop\uFEFF \u200Bok', 'coop ok', ['co\u00ADop', 'ok']],
    ['letters composed or not', 'e\u0301te\u0301 Å', 'été A\u030A', ['e\u0301te\u0301', 'Å']],
    ['case and width', 'Ｏｎｅ TWO', 'one two', ['Ｏｎｅ', 'TWO']],
    ['ellipses', 'well… so', 'well... so', ['well', 'so']],
  ])('case 46: %s may differ', (_, text, spoken, expected) => {
    const timeline = createWordTimeline({ text });
    timeline.append(speak(spoken));
    expect(textsOf(timeline)).toEqual(expected);
    expect(estimatesOf(timeline)).toEqual([]);
    expect(timeline.words.at(-1)!.end).toBeCloseTo(Array.from(spoken).length * 0.1);
  });

  test('case 37: a number that was spelt out is lit for what was spoken in its place', () => {
    const spoken = buildAlignment(
      [' Costs ', 0, 0.5],
      ['five dollars', 0.5, 1.3],
      [' ', 1.3, 1.4],
      ['today', 1.4, 1.8],
    );
    const timeline = timelineOf(spoken, { text: 'Costs $5 today' });
    expect(rowsOf(timeline).slice(1)).toEqual([
      ['$5', 6, 8, 0.5, 1.3],
      ['today', 9, 14, 1.4, 1.8],
    ]);
    expect(estimatesOf(timeline)).toEqual(['$5']);
  });

  test('case 39: an abbreviation stays one word', () => {
    const timeline = timelineOf(speak('Ask Doctor Smith now'), { text: 'Ask Dr. Smith now' });
    expect(textsOf(timeline)).toEqual(['Ask', 'Dr', 'Smith', 'now']);
    expect(timeline.words[1]).toMatchObject({
      start: expect.closeTo(0.4),
      end: expect.closeTo(1),
      textStart: 4,
      textEnd: 6,
    });
    expect(timeline.words[2]).toMatchObject({ start: expect.closeTo(1.1), textStart: 8 });
  });

  test('case 40: what follows a tag stands behind it', () => {
    const timeline = timelineOf(speak('[laughs] Well, hi'), { text: '[laughs] Well, hi' });
    expect(timeline.words.find(({ text }) => text === 'Well')).toMatchObject({
      textStart: 9,
      start: expect.closeTo(0.9),
    });
  });

  test('words that were not spoken share the time between their neighbours by length', () => {
    const timeline = createWordTimeline({ text: 'first of all seconds pass' });
    timeline.append(
      buildAlignment(['first', 0, 0.5], [' ', 0.5, 1], ['seconds', 1, 1.5], [' ', 1.5, 1.6], ['p', 1.6, 1.7]),
    );
    expect(rowsOf(timeline)).toEqual([
      ['first', 0, 5, 0, 0.5],
      ['of', 6, 8, 0.5, 0.7],
      ['all', 9, 12, 0.7, 1],
      ['seconds', 13, 20, 1, 1.5],
      ['pass', 21, 25, 1.6, 1.7],
    ]);
    expect(estimatesOf(timeline)).toEqual(['of', 'all']);
  });

  test('words before the first that was spoken begin with the speech', () => {
    expect(rowsOf(timelineOf(speak('hello there', 0.4), { text: 'Oh well hello there' }))).toEqual([
      ['Oh', 0, 2, 0, 0.133333],
      ['well', 3, 7, 0.133333, 0.4],
      ['hello', 8, 13, 0.4, 0.9],
      ['there', 14, 19, 1, 1.5],
    ]);
  });

  test('a repeated word that was spoken once less is estimated, the others keep their places', () => {
    const timeline = timelineOf(speak('ring ring stop it'), { text: 'ring ring ring stop it' });
    expect(textsOf(timeline)).toEqual(['ring', 'ring', 'ring', 'stop', 'it']);
    expect(estimatesOf(timeline)).toEqual(['ring']);
    expect(timeline.words[3]).toMatchObject({ text: 'stop', textStart: 15, start: expect.closeTo(1) });
  });

  test('words that were added are stepped over', () => {
    const timeline = timelineOf(speak('one and then two three four'), { text: 'one two three four' });
    expect(estimatesOf(timeline)).toEqual([]);
    expect(timeline.words[1]).toMatchObject({ text: 'two', start: expect.closeTo(1.3) });
  });

  test('a coincidence of a few letters does not end a disagreement', () => {
    const timeline = timelineOf(speak('we saw that the thing is there now'), {
      text: 'we saw this now there is the end',
    });
    expect(textsOf(timeline)).toEqual('we saw this now there is the end'.split(' '));
    expect(timeline.words.map(({ start }) => start)).toEqual(
      timeline.words.map(({ start }) => start).sort((a, b) => a - b),
    );
  });

  test('a number that was spelt out is not taken for the same word further on', () => {
    const text = '$5 and fifty dollars more';
    const timeline = timelineOf(speak('five dollars and fifty dollars more'), { text });
    expect(estimatesOf(timeline)).toEqual(['$5']);
    expect(timeline.words[0]!.end).toBeCloseTo(1.2);
  });

  test('words after a disagreement are timed as soon as eight letters agree', () => {
    const timeline = createWordTimeline({ text: 'Costs $5 today or later' });
    timeline.append(speak('Costs five dollars today or'));
    expect(textsOf(timeline)).toEqual(['Costs']);
    timeline.append(speak(' l', 2.7));
    expect(textsOf(timeline)).toEqual(['Costs', '$5', 'today', 'or', 'later']);
  });

  test('a text goes on after a long passage that only one side has', () => {
    const passage = 'Nobody ever said these words aloud. '.repeat(12);
    const left = timelineOf(speak('Start here. And then the speech goes on.'), {
      text: `Start here. ${passage}And then the speech goes on.`,
    });
    const added = timelineOf(speak(`Start here. ${passage}And then the speech goes on.`), {
      text: 'Start here. And then the speech goes on.',
    });
    expect(added.words.map(({ estimated }) => estimated)).toEqual(Array(8).fill(false));
    expect(left.words).toHaveLength(8 + 12 * 6);
    expect(left.words.filter(({ estimated }) => !estimated).map(({ text }) => text)).toEqual(
      added.words.map(({ text }) => text),
    );
  });

  test('a text of which nothing was spoken is spread over the speech', () => {
    const timeline = timelineOf(speak('wo shi ni de zhu shou'), { text: '我是 你的 助手' });
    expect(estimatesOf(timeline)).toEqual(textsOf(timeline));
    expect(timeline.words[0]!.start).toBe(0);
    expect(timeline.words.at(-1)!.end).toBeCloseTo(2.1);
  });

  test('case 45: words of scripts with combining marks have their ranges', () => {
    for (const text of ['नमस्ते दुनिया', 'שָׁלוֹם עוֹלָם', 'cafe\u0301 ole\u0301']) {
      const space = text.indexOf(' ');
      for (const spoken of [text, text.normalize('NFC'), text.normalize('NFD')]) {
        const timeline = timelineOf(speak(spoken), { text });
        expect(timeline.words.map(({ textStart, textEnd }) => [textStart, textEnd])).toEqual([
          [0, space],
          [space + 1, text.length],
        ]);
        expect(estimatesOf(timeline)).toEqual([]);
        expect(timeline.words[1]!.end).toBeCloseTo(Array.from(spoken).length * 0.1);
      }
    }
  });

  test.each([
    ['ja', '吾輩は猫である。名前はまだ無い。'],
    ['zh', '我是你的智能助手。'],
    ['th', 'สวัสดีชาวโลก'],
  ])('case 48: words of %s have the time of their characters', (locale, text) => {
    for (const sent of [undefined, text]) {
      const timeline = timelineOf(speak(text), { text: sent, locale });
      expect(textsOf(timeline).join('')).toBe(text.replaceAll('。', ''));
      for (const { textStart, textEnd, start, end } of timeline.words) {
        expect([millis(start), millis(end)]).toEqual([millis(textStart * 0.1), millis(textEnd * 0.1)]);
      }
    }
  });
});

test('case 62: recorded alignments give the same words one entry at a time', () => {
  for (const alignment of [recorded.question, recorded.transcript, recorded.paused, recorded.dash, recorded.indented]) {
    const text = alignment.characters.join('');
    const entries = alignment.characters.map((_, index) => sliceAlignment(alignment, index, index + 1));
    expect(timelineOf(entries).words).toEqual(timelineOf(alignment).words);
    expect(timelineOf(entries, { text }).words).toEqual(timelineOf(alignment, { text }).words);
    expect(timelineOf(entries, { text }).words).toEqual(timelineOf(entries).words);
  }
});
