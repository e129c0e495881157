import { describe, expect, test } from 'vitest';
import type { Alignment } from '../../src/core/alignment.ts';
import { parseAlignment } from '../../src/core/parse-alignment.ts';
import { SpeechClock } from '../../src/core/speech-clock.ts';
import { TimeBases } from '../../src/core/time-base.ts';
import { wordIndexAt } from '../../src/core/word-at.ts';
import { createWordTimeline } from '../../src/core/word-timeline.ts';
import type { Word } from '../../src/core/word.ts';
import { buildAlignment, sliceAlignment, speak } from './alignment-cases/build-alignment.ts';
import { expectSameWords } from './alignment-cases/expect-same-words.ts';
import * as recorded from './alignment-cases/recorded.ts';
import { reportedWire } from './alignment-cases/reported-message.ts';
import { hear, sayOn, shiftAlignment, type SocketMessage } from './alignment-cases/socket-speech.ts';

const bothBases = ['chunk', 'speech'] as const;
const textsOf = (words: readonly Word[]): string[] => words.map(({ text }) => text);

/** Timing in the spelling of the socket, in whole milliseconds. */
function wire(chars: readonly string[], starts: readonly number[], durations: readonly number[]): Alignment {
  return parseAlignment({ chars, charStartTimesMs: starts, charDurationsMs: durations })!;
}

describe('a word that is divided over messages', () => {
  const messages = [
    { audio: 0.22, alignment: wire([...'We th'], [0, 50, 100, 120, 170], [50, 50, 20, 50, 50]) },
    { audio: 0.16, alignment: wire([...'e go'], [0, 40, 80, 120], [40, 40, 40, 40]) },
  ];

  test.each(['We the go', undefined])('case 15: is one word in its own time, with the text %j', (sent) => {
    const { timeline, warnings } = hear(messages, { text: sent });
    expect(timeline.words).toMatchObject([
      { text: 'We', start: 0, end: expect.closeTo(0.1) },
      { text: 'the', start: expect.closeTo(0.12), end: expect.closeTo(0.26) },
      { text: 'go', start: expect.closeTo(0.3), end: expect.closeTo(0.38) },
    ]);
    expect(warnings).toEqual([]);
  });

  test.each(bothBases)(
    'case 16: is one although a message without timing is in between, on times of the %s',
    (base) => {
      const [first, untimed, last] = sayOn(base, 'sl', '', 'eep');
      const late = base === 'speech' ? last! : { ...last!, alignment: speak('eep') };
      for (const sent of ['sleep', undefined]) {
        const { timeline } = hear([first!, untimed!, late], { text: sent });
        expect(timeline.words).toMatchObject([{ text: 'sleep', start: 0, end: expect.closeTo(0.6) }]);
      }
    },
  );

  test.each(bothBases)('case 17: is one, and separators part words, on times of the %s', (base) => {
    const pieces = [' Why did the math book', ' look so sad? ', ' Because it had too m', 'any problems. '];
    const { timeline } = hear(sayOn(base, ...pieces));
    expect(textsOf(timeline.words)).toEqual(
      'Why did the math book look so sad Because it had too many problems'.split(' '),
    );
    expect(timeline.words[11]).toMatchObject({ text: 'too', start: expect.closeTo(5.2) });
    expect(timeline.words[12]).toMatchObject({ text: 'many', start: expect.closeTo(5.6), end: expect.closeTo(6) });
  });

  test.each(bothBases)('case 18: is what the sent text says it is, on times of the %s', (base) => {
    const pieces = sayOn(base, 'que', ' uieras');
    expect(textsOf(hear(pieces, { text: 'quieras' }).timeline.words)).toEqual(['quieras']);
    expect(textsOf(hear(pieces, { text: 'que uieras' }).timeline.words)).toEqual(['que', 'uieras']);
  });

  test.each(bothBases)('case 19: loses a space that the service put in, on times of the %s', (base) => {
    const text = 'どんなことでも気軽に相談してくださいね。';
    const pieces = sayOn(base, 'どんなことでも気 ', '軽に相談してくださいね。 ');
    const { words } = hear(pieces, { text, locale: 'ja' }).timeline;
    expect(textsOf(words).join('')).toBe(text.slice(0, -1));
    expect(words.find(({ textEnd }) => textEnd > 8)).toMatchObject({ end: expect.toSatisfy((end) => end > 0.9) });
    expect(words.at(-1)?.end).toBeCloseTo(2);
  });
});

describe('messages without words', () => {
  test('case 14: no timing makes no word and no error, and the time of what follows counts', () => {
    const messages = [
      { audio: 0, alignment: parseAlignment(null) },
      { audio: 2.461, alignment: parseAlignment(reportedWire) },
      { audio: 0.4, alignment: speak('Next') },
    ];
    const { timeline, warnings } = hear(messages);
    expect(timeline.words[0]?.start).toBeCloseTo(0.046);
    expect(timeline.words.at(-1)).toMatchObject({ text: 'Next', start: expect.closeTo(2.461) });
    expect(warnings).toEqual([]);
    const late = hear([{ audio: 0.5 }, ...messages]).timeline.words;
    expect(late[0]?.start).toBeCloseTo(0.546);
    expect(late.at(-1)?.start).toBeCloseTo(2.961);
  });

  test.each(bothBases)(
    'case 8: white space without time that comes alone makes no words, on times of the %s',
    (base) => {
      const { words } = hear([{ audio: 33, alignment: recorded.indented }]).timeline;
      const borders = [0, 1, 2, 5, 118, 119, 120, 300, recorded.indented.characters.length];
      const messages = borders.slice(1).map((border, index) => {
        const piece = sliceAlignment(recorded.indented, borders[index]!, border);
        const from = piece.starts[0]!;
        return { audio: piece.ends.at(-1)! - from, alignment: base === 'chunk' ? shiftAlignment(piece, -from) : piece };
      });
      expectSameWords(hear(messages).timeline.words, words, 1e-6);
    },
  );

  test('case 13: times that stand still and differ in their last digits never go back', () => {
    const alignment = buildAlignment(
      ['One. ', 83, 83.602],
      ['Two. Three. Four.', 83.60199999999999, 83.60199999999999],
    );
    const { timeline, placed } = hear([
      { audio: 83.602, alignment },
      { audio: 1, alignment: speak(' Five', 83.60199999999999, 0.2) },
    ]);
    expect(textsOf(timeline.words)).toEqual(['One', 'Two', 'Three', 'Four', 'Five']);
    expect(timeline.words[4]?.start).toBeCloseTo(83.802);
    const starts = placed.flatMap((piece) => piece.starts);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  });

  test.each(bothBases)('case 20: punctuation that comes alone takes its time, on times of the %s', (base) => {
    const shift = base === 'speech' ? 1 : 0;
    const { timeline } = hear([
      { audio: 0.56, alignment: speak('Hi there', 0, 0.07) },
      { audio: 0.32, alignment: speak('!', 0.56 * shift, 0.32) },
      { audio: 0.4, alignment: speak(' Bye', 0.88 * shift) },
    ]);
    expect(timeline.words[2]).toMatchObject({ text: 'Bye', start: expect.closeTo(0.98), end: expect.closeTo(1.28) });
  });

  test('the time of a message counts that has no timing in one of its fields', () => {
    const clock = new SpeechClock(new TimeBases());
    const none = { alignment: undefined, normalizedAlignment: undefined, unspoken: '' };
    expect(clock.place({ ...none, audio: 0 })).toEqual({ alignment: undefined, normalizedAlignment: undefined });
    clock.place({ ...none, audio: 2.461, normalizedAlignment: speak('normalized only', 0, 2.461 / 15) });
    const timing = clock.place({ ...none, audio: 0.1, alignment: speak('a'), normalizedAlignment: speak('a') });
    expect(timing.alignment?.starts[0]).toBeCloseTo(2.461);
    expect(timing.normalizedAlignment?.starts[0]).toBeCloseTo(2.461);
  });
});

describe('the base of the times', () => {
  test('case 21: the speech, when the second message goes on where the first ended', () => {
    const bases = new TimeBases();
    const { timeline } = hear(sayOn('speech', 'one two ', 'three four'), { bases });
    expect(timeline.words[2]).toMatchObject({ text: 'three', start: 0.8, end: expect.closeTo(1.3) });
    expect(bases.baseOf('alignment')).toBe('speech');
  });

  test('case 22: the chunk, when the second message starts at 0; not told by one message', () => {
    const bases = new TimeBases();
    expect(hear(sayOn('chunk', 'one two '), { bases }).timeline.words[1]?.start).toBe(0.4);
    expect(bases.baseOf('alignment')).toBeUndefined();
    hear(sayOn('chunk', 'one two ', 'three four'), { bases });
    expect(bases.baseOf('alignment')).toBe('chunk');
  });

  test.each(bothBases)('case 23: stays for the next speech of the connection, on times of the %s', (base) => {
    const bases = new TimeBases();
    hear(sayOn(base, 'one two ', 'three four'), { bases });
    const [untimed, first, second] = sayOn(base, '', 'five ', 'six');
    const { timeline, warnings } = hear([untimed!, first!, second!], { bases });
    expect(timeline.words).toMatchObject([{ start: expect.closeTo(0.1) }, { start: expect.closeTo(0.6) }]);
    expect(warnings).toEqual([]);
  });

  test('case 24: the override of a transport that is known to count from the start of the speech', () => {
    const messages = [
      { audio: 0.1, alignment: speak('A') },
      { audio: 1.1 },
      { audio: 0.1, alignment: speak('B', 1.2) },
      { audio: 0, alignment: speak('') },
    ];
    const { placed } = hear(messages, { bases: new TimeBases('speech') });
    expect(placed.map(({ starts }) => starts)).toEqual([[0], [1.2], []]);
  });
});

describe('timing and sound', () => {
  test('case 26: a message whose audio is shorter than its timing keeps its words where they are', () => {
    const messages = [
      { audio: 0.4, alignment: speak('one two ', 0, 0.125) },
      { audio: 0.6 },
      { audio: 0.5, alignment: speak('three') },
    ];
    const { timeline, warnings } = hear(messages);
    expect(timeline.words).toMatchObject([{ start: 0 }, { start: 0.5 }, { start: expect.closeTo(1) }]);
    expect(warnings).toEqual([]);
  });

  const sentence = 'Hola, Antoine, soy María, la talent manager virtual. ';
  test.each(bothBases)('case 27: text that restarts is said once, on times of the %s', (base) => {
    const before = sayOn(base, 'Buenos días. ', 'Bien. ');
    const from = base === 'speech' ? 1.9 : 0;
    const text = `Buenos días. Bien. ${sentence}Adiós.`;
    const whole = speak(sentence, from);
    const messages: SocketMessage[] = [
      ...before,
      { audio: 2.9, alignment: sliceAlignment(whole, 0, 7) },
      { audio: 2.4, alignment: whole },
      { audio: 0.6, alignment: speak('Adiós.', from === 0 ? 0 : from + 5.3) },
    ];
    const expected = hear([{ audio: 8, alignment: speak(text) }], { text }).timeline.words;
    const { timeline, placed, warnings } = hear(messages, { text });
    expectSameWords(timeline.words, expected, 0.002);
    expect(placed.flatMap(({ characters }) => characters).join('')).toBe(text);
    expect(warnings).toEqual([]);
  });

  test('case 27: the normalized field goes on while the original restarts', () => {
    const clock = new SpeechClock(new TimeBases());
    const whole = speak(sentence);
    const normalized = speak(` ${sentence}`, 0, 5.3 / 54);
    const times = [
      [7, 32],
      [53, 54],
    ].map(([said, spoken], index) =>
      clock.place({
        audio: index === 0 ? 3 : 2.3,
        alignment: sliceAlignment(whole, 0, said),
        normalizedAlignment:
          index === 0
            ? sliceAlignment(normalized, 0, spoken)
            : shiftAlignment(sliceAlignment(normalized, 32), -normalized.starts[32]!),
        unspoken: index === 0 ? sentence : sentence.slice(7),
      }),
    );
    expect(times[1]?.alignment?.characters.join('')).toBe(sentence.slice(7));
    expect(times[1]?.alignment?.ends.at(-1)).toBeCloseTo(5.3);
    expect(times[1]?.normalizedAlignment?.starts[0]).toBeCloseTo(normalized.starts[32]!);
    expect(times[1]?.normalizedAlignment?.ends.at(-1)).toBeCloseTo(5.3);
  });

  test.each(bothBases)(
    'case 28: speeches that take turns on a connection have their own times, those of the %s',
    (base) => {
      const bases = new TimeBases();
      const speeches = [
        ['one ', 'two ', 'three'],
        ['alpha be', 'ta gamma'],
      ].map((texts) => {
        const timeline = createWordTimeline();
        return { messages: sayOn(base, ...texts), clock: new SpeechClock(bases), timeline };
      });
      for (const turn of [0, 1, 2]) {
        for (const { messages, clock, timeline } of speeches) {
          const { audio, alignment } = messages[turn] ?? { audio: 0 };
          const placed = clock.place({ audio, alignment, normalizedAlignment: undefined, unspoken: '' });
          if (placed.alignment) timeline.append(placed.alignment);
        }
      }
      expect(speeches.map(({ timeline }) => textsOf(timeline.words))).toEqual([
        ['one', 'two', 'three'],
        ['alpha', 'beta', 'gamma'],
      ]);
      expect(speeches[1]?.timeline.words[1]).toMatchObject({ start: expect.closeTo(0.6), end: expect.closeTo(1) });
    },
  );

  test.each(bothBases)(
    'case 29: what was begun when the speech is interrupted is the last word heard, on times of the %s',
    (base) => {
      const text = 'one two three four';
      const { words } = hear(sayOn(base, 'one t', 'wo th', 'ree four'), { text }).timeline;
      expect(text.slice(0, words[wordIndexAt(words, 0.9)]?.textEnd)).toBe('one two three');
    },
  );

  test.each(bothBases)('case 30: the last word is there whether or not an end is told, on times of the %s', (base) => {
    const messages = sayOn(base, 'one tom', 'orrow');
    for (const end of [[], [{ audio: 0 }], [{ audio: 0, alignment: speak('') }]]) {
      const { words } = hear([...messages, ...end], { text: 'one tomorrow' }).timeline;
      expect(words[1]).toMatchObject({ text: 'tomorrow', start: 0.4, end: expect.closeTo(1.2), estimated: false });
    }
  });
});
