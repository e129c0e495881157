import { describe, expect, test } from 'vitest';
import { OutgoingText, type OutgoingTextOptions, type TextPiece } from '../../src/core/outgoing-text.ts';
import { seededRandom } from '../support/seeded-random.ts';

function outgoing(text = '', options: Partial<OutgoingTextOptions> = {}): OutgoingText {
  const made = new OutgoingText({ mode: 'word', ...options });
  made.append(text);
  return made;
}

/** Takes all that is due; the text that each piece stands for is its own, but for a space that was added. */
function takeAll(from: OutgoingText): TextPiece[] {
  const pieces: TextPiece[] = [];
  while (from.isDue) {
    const at = from.sentTo;
    const piece = from.take()!;
    const own = from.text.slice(at, from.sentTo);
    expect(piece.text).toBe(/\s$/.test(own) ? own : `${own} `);
    pieces.push(piece);
  }
  expect(from.take()).toBeUndefined();
  return pieces;
}

const textsOf = (pieces: readonly TextPiece[]): string[] => pieces.map(({ text }) => text);
const fieldsOf = (pieces: readonly TextPiece[]): object[] =>
  pieces.map(({ fields }) => fields).filter((fields) => Object.keys(fields).length > 0);

describe('a text that is still being written', () => {
  test('is given word by word, and whole in the end', () => {
    const text = outgoing();
    const given = ['Hel', 'lo ', 'wor', 'ld, it is', ' 3.', '14'].map((token) => {
      text.append(token);
      return textsOf(takeAll(text)).join('|');
    });
    expect(given).toEqual(['', 'Hello ', '', 'world, it ', 'is ', '']);
    text.release();
    expect(textsOf(takeAll(text))).toEqual(['3.14 ']);
    expect(text.text).toBe('Hello world, it is 3.14');
  });

  test('is given phrase by phrase where the service does not gather', () => {
    const text = outgoing('One two. Three four! Fi', { mode: 'phrase' });
    expect(textsOf(takeAll(text))).toEqual(['One two. Three four! ']);
    text.append('ve\nsix');
    expect(textsOf(takeAll(text))).toEqual(['Five\n']);
  });

  test('is ready as far as it can be when much of it comes at once', () => {
    const text = outgoing(`Hi ${'今天天气很好'.repeat(50)}`, { locale: 'zh' });
    expect(text.readyTo).toBeGreaterThan(200);
  });

  test('has nothing due while it is empty or one word', () => {
    expect(outgoing().isDue).toBe(false);
    expect(outgoing('word').isDue).toBe(false);
    expect(outgoing('word').take()).toBeUndefined();
  });
});

describe('pieces', () => {
  test('hold 1000 units at most and end between words', () => {
    const text = outgoing('seven words make up this short line\n'.repeat(200));
    const pieces = textsOf(takeAll(text));
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(1000);
    expect(Math.min(...pieces.slice(0, -1).map(({ length }) => length))).toBeGreaterThan(980);
    expect(pieces.join('')).toBe(text.text);
  });

  test('hold a longer word whole, and nothing beside it', () => {
    const long = 'a'.repeat(3000);
    expect(textsOf(takeAll(outgoing(`one ${long} two ${long} ${'three '.repeat(300)}`)))).toEqual([
      'one ',
      `${long} `,
      'two ',
      `${long} `,
      'three '.repeat(166),
      'three '.repeat(134),
    ]);
  });

  test('part no surrogates of a long text without white space', () => {
    const pieces = textsOf(takeAll(outgoing(`${'𠮷野家𩸽'.repeat(600)}。`, { locale: 'ja' })));
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.filter((piece) => /\p{Cs}/u.test(piece))).toEqual([]);
  });
});

describe('marks', () => {
  test('go with the end of what was ready when they were made', () => {
    const text = outgoing('one two');
    text.mark({ voice: 1 }, false);
    text.append(' three ');
    expect(takeAll(text)).toEqual([
      { text: 'one ', fields: { voice: 1 } },
      { text: 'two three ', fields: {} },
    ]);
  });

  test('that make everything ready have half a word sent', () => {
    const text = outgoing('one tw');
    text.mark({ flush: true }, true);
    text.append('o three');
    expect(takeAll(text)).toEqual([
      { text: 'one tw ', fields: { flush: true } },
      { text: 'o ', fields: {} },
    ]);
  });

  test('at one place are all sent, the later ones with a space', () => {
    const text = outgoing('one ');
    text.mark({ first: 1 }, false);
    text.mark({ second: 2 }, true);
    text.mark({ third: 3 }, true);
    expect(text.isDue).toBe(true);
    expect(takeAll(text)).toEqual([
      { text: 'one ', fields: { first: 1 } },
      { text: ' ', fields: { second: 2 } },
      { text: ' ', fields: { third: 3 } },
    ]);
  });

  test('without new text go with a space, be it before any text', () => {
    const text = outgoing();
    text.mark({ flush: true }, true);
    expect(takeAll(text)).toEqual([{ text: ' ', fields: { flush: true } }]);
    text.append('one ');
    takeAll(text);
    text.mark({ flush: true }, true);
    expect(takeAll(text)).toEqual([{ text: ' ', fields: { flush: true } }]);
    expect(text.text).toBe('one ');
  });

  test('go with the last piece of a long text', () => {
    const text = outgoing('word '.repeat(500));
    text.mark({ flush: true }, true);
    expect(takeAll(text).map(({ fields }) => 'flush' in fields)).toEqual([false, false, true]);
  });
});

describe('a text that is sent again', () => {
  test('is given from there on, with the marks behind it', () => {
    const text = outgoing('one ');
    text.mark({ n: 1 }, false);
    text.append('two ');
    text.mark({ n: 2 }, false);
    text.append('three');
    takeAll(text);
    text.rewind(4);
    expect(text).toMatchObject({ sentTo: 4, readyTo: 8, isDue: true, text: 'one two three' });
    expect(takeAll(text)).toEqual([{ text: 'two ', fields: { n: 2 } }]);
    text.rewind(0);
    expect(fieldsOf(takeAll(text))).toEqual([{ n: 1 }, { n: 2 }]);
    text.release();
    expect(textsOf(takeAll(text))).toEqual(['three ']);
  });

  test('keeps a mark at its beginning that was not sent yet', () => {
    const text = outgoing('one ');
    text.mark({ n: 1 }, true);
    takeAll(text);
    text.mark({ n: 2 }, true);
    text.rewind(4);
    expect(takeAll(text)).toEqual([{ text: ' ', fields: { n: 2 } }]);
    text.rewind(4);
    expect(text.isDue).toBe(false);
  });

  test('is given once from any place, however it was written and sent before', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const { between } = seededRandom(seed);
      const text = outgoing('', { mode: seed % 2 ? 'word' : 'phrase' });
      const marks: number[] = [];
      const sent = new Map<number, number>();
      let whole = '';
      let expected = 0;
      /** Takes up to `count` pieces and checks that they follow one another. */
      const take = (count: number): void => {
        for (; count > 0 && text.isDue; count -= 1) {
          expect(text.sentTo).toBe(expected);
          const { fields } = text.take()!;
          expected = text.sentTo;
          if ('mark' in fields) {
            expect(marks[fields['mark'] as number]).toBe(expected);
            sent.set(fields['mark'] as number, expected);
          }
        }
      };
      for (let steps = 0; steps < 60; steps += 1) {
        const action = between(0, 9);
        const token = ['wor', 'd ', 'End. ', '今天。', ' ', '3.14', 'x'.repeat(700)][between(0, 6)]!;
        if (action < 5) {
          text.append(token);
          whole += token;
        } else if (action === 5) {
          text.mark({ mark: marks.length }, between(0, 1) === 1);
          marks.push(text.readyTo);
        } else if (action === 6) {
          expected = between(0, text.sentTo);
          text.rewind(expected);
          for (const [mark, at] of sent) if (at > expected) sent.delete(mark);
        } else {
          take(between(1, 3));
        }
        expect(text.text).toBe(whole);
      }
      text.release();
      take(Infinity);
      expect(expected).toBe(whole.length);
      expect(
        [...sent.keys()].toSorted((one, other) => one - other),
        `seed ${seed}`,
      ).toEqual([...marks.keys()]);
    }
  });
});

/** The least time that a text of so many tokens takes, none of which is sent before the end. */
function costOf(token: string, count: number): number {
  const times = [0, 1, 2].map(() => {
    const { user } = process.cpuUsage();
    const text = new OutgoingText({ mode: 'word' });
    for (let index = 0; index < count; index += 1) text.append(token);
    text.release();
    takeAll(text);
    return process.cpuUsage().user - user;
  });
  return Math.min(...times);
}

describe('the cost of a text', () => {
  test.each([
    ['words', 'tok ', 64_000],
    ['one word without an end', 'aGVs', 16_000],
  ])('does not grow with what waits, if it is %s', (_, token, count) => {
    costOf(token, 1000);
    // What is linear costs as many times as much as the tokens are more, what is quadratic the square of that.
    const more = count / 2000;
    expect(costOf(token, count) / costOf(token, 2000)).toBeLessThan(more ** 1.7);
  });
});

/** What goes when each token is sent as soon as it can be. */
function takeAsItComes(tokens: readonly string[]): TextPiece[] {
  const text = outgoing('', { flushesFirst: true });
  return tokens.flatMap((token) => {
    text.append(token);
    return takeAll(text);
  });
}

describe('a first sentence that is flushed', () => {
  test('goes with its last word, and no later one does', () => {
    expect(takeAsItComes(['Oh', ' yes', '.', ' It', ' is', '.', ' So', ' there', '.'])).toEqual([
      { text: 'Oh ', fields: {} },
      { text: 'yes. ', fields: { flush: true } },
      { text: 'It ', fields: {} },
      { text: 'is. ', fields: {} },
      { text: 'So ', fields: {} },
    ]);
  });

  test('is found in a text that comes in one piece', () => {
    expect(takeAsItComes(['Well, Dr. Who is here. And gone. Really '])).toEqual([
      { text: 'Well, Dr. Who is here. ', fields: { flush: true } },
      { text: 'And gone. Really ', fields: {} },
    ]);
  });

  test('is not flushed when it is longer than what the service gathers at least', () => {
    const long = 'A sentence that is quite a bit longer than fifty letters. ';
    expect(takeAsItComes([long, 'Short. '])).toEqual([
      { text: long, fields: {} },
      { text: 'Short. ', fields: {} },
    ]);
  });
});
