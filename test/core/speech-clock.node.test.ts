import { describe, expect, test } from 'vitest';
import type { Alignment } from '../../src/core/alignment.ts';
import { SpeechClock, type TimedMessage } from '../../src/core/speech-clock.ts';
import { TimeBases, type TimeBase } from '../../src/core/time-base.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { buildAlignment, speak } from './alignment-cases/build-alignment.ts';

const timeless: Alignment = { characters: [], starts: [], ends: [] };

function clockOn(base?: TimeBase, start?: number): { clock: SpeechClock; warnings: string[]; bases: TimeBases } {
  const warnings: string[] = [];
  const bases = new TimeBases(base);
  return { clock: new SpeechClock(bases, { start, warn: (warning) => warnings.push(warning) }), warnings, bases };
}

/** A message with timing in the original field, and audio that lasts as long unless told otherwise. */
const message = (
  alignment?: Alignment,
  audio = alignment ? alignment.ends.at(-1)! - alignment.starts[0]! : 0,
  unspoken = '',
): TimedMessage => ({
  audio,
  alignment,
  normalizedAlignment: undefined,
  unspoken,
});

/** Where the original timing of a message starts. */
const placeStart = (clock: SpeechClock, timed: TimedMessage): number | undefined =>
  clock.place(timed).alignment?.starts[0];

describe('times of the chunk', () => {
  test('count from where the timing before them ended', () => {
    const { clock } = clockOn('chunk');
    expect(clock.place(message(speak('one '), 0.1)).alignment).toEqual(speak('one '));
    const { alignment } = clock.place(message(speak('two'), 0.6));
    expect(alignment?.characters).toEqual(['t', 'w', 'o']);
    expect(alignment?.starts[0]).toBeCloseTo(0.4);
    expect(alignment?.ends[2]).toBeCloseTo(0.7);
  });

  test('count from the audio that comes with them, when audio without timing has passed the timing', () => {
    const { clock } = clockOn('chunk');
    clock.place(message(speak('one '), 0.1));
    clock.place(message(undefined, 0.2));
    clock.place(message(timeless, 0.3));
    expect(placeStart(clock, message(speak('two'), 2))).toBeCloseTo(0.6);
    expect(placeStart(clock, message(speak('three')))).toBeCloseTo(0.9);
  });

  test('do not follow audio that has timing, however long it is', () => {
    const { clock } = clockOn('chunk');
    clock.place(message(speak('one '), 2));
    clock.place(message(undefined, 0));
    expect(placeStart(clock, message(speak('two')))).toBeCloseTo(0.4);
  });

  test('are not drawn back by audio that is shorter', () => {
    const { clock } = clockOn('chunk');
    clock.place(message(speak('one '), 0.1));
    clock.place(message(undefined, 0.1));
    const { alignment } = clock.place(message(speak('two')));
    expect(alignment?.starts[0]).toBeCloseTo(0.4);
    expect(alignment?.ends[0]).toBeCloseTo(0.5);
  });

  test('are as exact as the audio, while that lasts as long as its timing to the millisecond', () => {
    const { clock } = clockOn('chunk');
    // 0.2496 s, which the wire rounds up to 0.25 s.
    for (let count = 0; count < 1000; count += 1) clock.place(message(speak('ha ha', 0, 0.05), 0.2496));
    expect(placeStart(clock, message(speak('!'), 0.1))).toBeCloseTo(249.6, 2);
  });

  test.each([
    ['alignment', 'normalizedAlignment'],
    ['normalizedAlignment', 'alignment'],
  ] as const)(
    'of the field %s count from where the other has come to, after a message with that only',
    (field, other) => {
      const { clock } = clockOn('chunk');
      const place = (own: Alignment | undefined, others: Alignment): Alignment | undefined =>
        clock.place({ ...message(undefined, 0.1), [field]: own, [other]: others })[field];
      place(speak('one '), speak(' one '));
      place(undefined, speak('two '));
      expect(place(speak('three '), speak('three and '))?.starts[0]).toBeCloseTo(0.9);
      expect(place(speak('four '), speak('a'))?.starts[0]).toBeCloseTo(1.5);
      place(speak('five '), speak('b'));
      place(undefined, speak('c'));
      const last = place(speak('six'), speak('d'));
      expect(last?.starts[0]).toBeCloseTo(2.5);
      expect(last?.ends[0]).toBeCloseTo(2.6);
    },
  );
});

describe('times of the speech', () => {
  test.each([undefined, 'speech'] as const)('stay as they are, base given: %s', (base) => {
    const { clock, warnings } = clockOn(base);
    for (const [from, audio] of [
      [0, 0.4],
      [0.4, 1],
      [1.4, 0.1],
      [1.8, 0.1],
    ] as const) {
      expect(clock.place(message(speak('one ', from), audio)).alignment).toEqual(speak('one ', from));
      clock.place(message(undefined, 0.2));
    }
    expect(warnings).toEqual([]);
  });

  test('are on the base that another speech of the connection has settled', () => {
    const bases = new TimeBases();
    const first = new SpeechClock(bases);
    first.place(message(speak('one ')));
    first.place(message(speak('two', 0.4)));
    const second = new SpeechClock(bases);
    second.place(message(undefined, 1));
    expect(placeStart(second, message(speak('three', 1)))).toBe(1);
    expect(placeStart(new SpeechClock(new TimeBases()), message(speak('three', 1)))).toBe(1);
  });
});

describe('a message against the base', () => {
  test('that starts anew counts from there, and those that go on from it too', () => {
    const { clock, warnings } = clockOn();
    clock.place(message(speak('One. ')));
    clock.place(message(speak('Two. ', 0.5)));
    expect(placeStart(clock, message(speak('Then ')))).toBeCloseTo(1);
    expect(placeStart(clock, message(speak('three. ', 0.5)))).toBeCloseTo(1.5);
    expect(placeStart(clock, message(speak('Four')))).toBeCloseTo(2.2);
    expect(warnings).toEqual([expect.stringContaining('timeBase')]);
  });

  test('that goes on where the one before it ended is not counted twice', () => {
    const { clock, warnings } = clockOn();
    clock.place(message(speak('One. ')));
    clock.place(message(speak('Two. ')));
    expect(placeStart(clock, message(speak('Then ', 0.5)))).toBeCloseTo(1);
    expect(placeStart(clock, message(speak('three. ', 1)))).toBeCloseTo(1.5);
    expect(placeStart(clock, message(speak('Four')))).toBeCloseTo(2.2);
    expect(warnings).toHaveLength(1);
  });

  test('that the caller gave is read on it all the same', () => {
    const { clock, warnings } = clockOn('speech');
    clock.place(message(speak('One. ')));
    expect(clock.place(message(speak('Again')))).toMatchObject({
      alignment: { starts: Array<number>(5).fill(0.5), ends: Array<number>(5).fill(0.5) },
    });
    expect(warnings).toEqual([]);
  });
});

describe('a speech that is resumed', () => {
  test.each(['chunk', 'speech'] as const)('goes on from what was heard of it, on times of the %s', (base) => {
    for (const { clock } of [clockOn(undefined, 7), clockOn(base, 7)]) {
      expect(placeStart(clock, message(speak('one ')))).toBe(7);
      expect(placeStart(clock, message(speak('two ', base === 'speech' ? 0.4 : 0)))).toBeCloseTo(7.4);
      clock.place(message(undefined, 0.2));
      expect(placeStart(clock, message(speak('three ', base === 'speech' ? 1 : 0)))).toBeCloseTo(8);
      clock.finish();
    }
  });
});

test('a speech that is resumed has its base told by what was heard since', () => {
  const { clock, bases } = clockOn(undefined, 7);
  clock.place(message(undefined, 1));
  expect(placeStart(clock, message(speak('one ', 1.02)))).toBeCloseTo(8.02);
  expect(bases.baseOf('alignment')).toBe('speech');
});

describe('a restart', () => {
  const sentence = buildAlignment(['Hola, ', 0, 0.5], ['Antoine, ', 0.6, 1.4], ['soy María. ', 1.4, 2.2]);
  /** The letters that come from the sentence with the part that came before it, one string a message. */
  function textsOf(part: Alignment, unspoken: string, base?: TimeBase, whole = sentence): string[] {
    const { clock } = clockOn(base);
    clock.place(message(speak('Sí. ')));
    return [part, whole].map((alignment, index) => {
      const placed = clock.place(message(alignment, 1, index === 0 ? '' : unspoken)).alignment;
      return placed?.characters.join('') ?? '';
    });
  }

  test.each(['chunk', undefined] as const)('loses what was said already, base given: %s', (base) => {
    const part = buildAlignment(['Hola, ', 0, 0.5], ['A', 0.6, 0.65]);
    expect(textsOf(part, 'ntoine, soy María. ', base)).toEqual(['Hola, A', 'ntoine, soy María. ']);
  });

  test('keeps the times of the message that it restarts', () => {
    const { clock, bases, warnings } = clockOn();
    clock.place(message(speak('Sí. ')));
    clock.place(message(speak('¿No? ')));
    clock.place(message(buildAlignment(['Hola, ', 0, 0.5], ['A', 0.6, 0.65])));
    const { alignment } = clock.place(message(sentence, 1.5, 'ntoine, soy María. '));
    expect(alignment?.ends.at(-1)).toBeCloseTo(0.9 + 2.2);
    expect(placeStart(clock, message(speak('Adiós')))).toBeCloseTo(0.9 + 2.2);
    expect(bases.baseOf('alignment')).toBe('chunk');
    expect(warnings).toEqual([]);
  });

  test('tells nothing of the base', () => {
    const { clock, bases } = clockOn();
    clock.place(message(buildAlignment(['Hola, ', 0, 0.5], ['A', 0.6, 0.65])));
    clock.place(message(sentence, 1.5, 'ntoine, soy María. '));
    expect(bases.baseOf('alignment')).toBeUndefined();
    expect(placeStart(clock, message(speak('Adiós', 2.2)))).toBeCloseTo(2.2);
    expect(bases.baseOf('alignment')).toBe('speech');
  });

  test('of a later sentence is one on times of the speech, too', () => {
    const { clock, bases, warnings } = clockOn();
    clock.place(message(speak('Sí. ')));
    clock.place(message(buildAlignment(['Hola, ', 0.4, 0.9], ['A', 1, 1.05])));
    const later = buildAlignment(['Hola, ', 0.4, 0.9], ['Antoine', 1, 1.7]);
    const { alignment } = clock.place(message(later, 1.5, 'ntoine'));
    expect(alignment?.characters.join('')).toBe('ntoine');
    expect(alignment?.ends.at(-1)).toBe(1.7);
    expect([bases.baseOf('alignment'), ...warnings]).toEqual(['speech']);
  });

  test('may follow a restart, or start in the middle of what was said', () => {
    const { clock } = clockOn('chunk');
    const said = [
      ['Uno dos. ', ''],
      ['Tres ', 'tres cuatro cinco seis'],
      ['Tres cuatro ', 'cuatro cinco seis'],
      ['Tres cuatro cinco ', 'cinco seis'],
      ['seis', 'seis'],
    ].map(([text = '', unspoken]) => clock.place(message(speak(text), 1, unspoken)).alignment);
    expect(said.map((alignment) => alignment?.characters.join(''))).toEqual([
      'Uno dos. ',
      'Tres ',
      'cuatro ',
      'cinco ',
      'seis',
    ]);
    expect(said.at(-1)?.starts[0]).toBeCloseTo(2.7);
  });

  test.each<[string, string, string]>([
    ['white space and case', 'hola,  a', 'ntoine, soy María. '],
    ['punctuation', '¡Hola! A', 'ntoine, soy María. '],
    ['how an accent is written', 'Hola, Antoine, soy Mari\u0301', 'a. '],
  ])('is one whatever %s', (_, part, unspoken) => {
    const [, rest] = textsOf(speak(part, 0, 0.01), unspoken);
    expect(rest).toBe(unspoken);
  });

  test('leaves out the punctuation that came, and no other', () => {
    expect(textsOf(speak('Hola, ', 0, 0.05), 'Antoine, soy María. ')[1]).toBe('Antoine, soy María. ');
    const { clock } = clockOn('chunk');
    for (const part of ['Hola', ',', ' ']) clock.place(message(speak(part)));
    const { alignment } = clock.place(message(sentence, 1, 'Antoine, soy María. '));
    expect(alignment?.characters.join('')).toBe('Antoine, soy María. ');
    expect(textsOf(speak('Hola', 0, 0.05), ', Antoine, soy María. ')[1]).toBe(', Antoine, soy María. ');
  });

  test('that divides an entry takes its part of the time', () => {
    const whole: Alignment = { characters: ['Hola', 'Antoine'], starts: [0, 0.6], ends: [0.6, 1.3] };
    const { clock } = clockOn('chunk');
    clock.place(message({ characters: ['Hola', 'Ant'], starts: [0, 0.6], ends: [0.6, 0.9] }));
    const { alignment } = clock.place(message(whole, 1, 'oine'));
    expect(alignment?.characters).toEqual(['o', 'i', 'n', 'e']);
    expect(alignment?.starts[0]).toBeCloseTo(0.9);
    expect(alignment?.ends[3]).toBeCloseTo(1.3);
  });

  test('is known by its times, when the text tells nothing', () => {
    const part = buildAlignment(['Hola, ', 0, 0.5], ['Anto', 0.6, 0.95556]);
    const same = buildAlignment(['Hola, ', 0, 0.5], ['Antoine', 0.6, 1.22222]);
    expect(textsOf(part, '', 'chunk', same)).toEqual(['Hola, Anto', 'ine']);
    expect(textsOf(speak('Hola, Anto'), '', 'chunk', same)).toEqual(['Hola, Anto', 'Hola, Antoine']);
    expect(textsOf(speak('Oh '), '', 'chunk', speak('Oh ho'))).toEqual(['Oh ', 'Oh ho']);
  });

  test('that says no more than was said leaves nothing', () => {
    const { clock } = clockOn('chunk');
    clock.place(message(sentence, 1, ''));
    expect(clock.place(message(sentence, 1, 'Adiós')).alignment?.characters).toEqual([]);
    expect(placeStart(clock, message(speak('Adiós'), 1, 'Adiós'))).toBeCloseTo(2.2);
  });

  test('is none, when the text says so', () => {
    const ring = speak('ring ');
    expect(textsOf(ring, 'ring ring', 'chunk', speak('ring ring'))[1]).toBe('ring ring');
    expect(textsOf(ring, '<break time="1s" /> ring ring', 'chunk', speak('ring ring', 0, 0.2))[1]).toBe('ring ring');
    expect(textsOf(ring, 'ring', 'chunk', ring)[1]).toBe('ring ');
  });

  test('is none, when its times go on from the one before it', () => {
    const { clock } = clockOn();
    clock.place(message(speak('ring ')));
    const { alignment } = clock.place(message(speak('ring ring', 0.5), 1, 'ring'));
    expect(alignment?.characters.join('')).toBe('ring ring');
  });

  test('is found in a speech of any length', () => {
    const { clock } = clockOn('chunk');
    for (let count = 100; count < 600; count += 1) {
      clock.place(message(speak(`Es el ${count}`), 1, `Es el ${count} de 600. `));
      const { alignment } = clock.place(message(speak(`Es el ${count} de 600. `), 1, ' de 600. '));
      expect(alignment?.characters.join('')).toBe(' de 600. ');
    }
  });
});

describe('at the end of a speech', () => {
  test.each([
    [1, 1, []],
    [1, 1.15, []],
    [1, 1.151, ['The timing of the speech ends 151 ms before its sound: words may be lit at the wrong time.']],
    [1, 0.5, ['The timing of the speech ends 500 ms after its sound: words may be lit at the wrong time.']],
    [0, 9, []],
    [1, 0, []],
  ])('timing of %d s and sound of %d s bring the warnings %j', (timing, sound, expected) => {
    for (const start of [0, 3]) {
      const { clock, warnings } = clockOn(undefined, start);
      if (timing > 0) clock.place(message(speak('a', 0, timing), 0));
      clock.place(message(undefined, sound));
      clock.finish();
      expect(warnings).toEqual(expected);
    }
  });

  test('case 26: sound that comes later than its timing brings no warning', () => {
    const { clock, warnings } = clockOn();
    clock.place(message(speak('ten chars '), 0.4));
    clock.place(message(undefined, 0.6));
    clock.finish();
    expect(warnings).toEqual([]);
  });

  test('only the normalized timing is looked at, when there is no other', () => {
    const { clock, warnings } = clockOn();
    clock.place({ ...message(undefined, 1), normalizedAlignment: speak('far too long') });
    clock.finish();
    expect(warnings).toHaveLength(1);
  });
});

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'no timing ever goes back, whatever comes, seed %i',
  (seed) => {
    const { next, between } = seededRandom(seed);
    const base = ([undefined, 'chunk', 'speech'] as const)[seed % 3];
    const start = seed % 2 === 0 ? 0 : 5;
    const { clock } = clockOn(base, start);
    const reached = { alignment: start, normalizedAlignment: start };
    const any = (): Alignment | undefined => {
      const from = next() * [0, 0, 0.01, 1, 10][between(0, 4)]!;
      return next() < 0.3 ? undefined : speak('ha ha ha!'.slice(0, between(0, 9)), from, next() * 0.2);
    };
    for (let count = 0; count < 60; count += 1) {
      const timing = clock.place({
        audio: next() < 0.3 ? 0 : next(),
        alignment: any(),
        normalizedAlignment: any(),
        unspoken: ['', 'ha', 'ha ha ha!', 'else'][between(0, 3)]!,
      });
      for (const field of ['alignment', 'normalizedAlignment'] as const) {
        const { starts = [], ends = [] } = timing[field] ?? {};
        for (const [index, time] of starts.entries()) {
          expect(time).toBeGreaterThanOrEqual(index === 0 ? reached[field] : starts[index - 1]!);
          expect(ends[index]).toBeGreaterThanOrEqual(time);
          expect(ends[index]).toBeLessThan(1e6);
        }
        reached[field] = Math.max(reached[field], ...ends);
      }
    }
  },
);
