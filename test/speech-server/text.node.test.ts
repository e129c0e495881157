import { describe, expect, test } from 'vitest';
import { foldText, hasSpeech } from '../../demo/speech-server/text/fold-text.ts';
import { splitSentences } from '../../demo/speech-server/text/split-sentences.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { randomText } from './support/random-text.ts';

function fold(text: string): string {
  return foldText(Array.from(text)).ascii;
}

describe('folded text', () => {
  test.each([
    ['café naïve Zoë', 'cafe naive Zoe'],
    ['“Don’t” – he said…', '"Don\'t" - he said...'],
    ['wait — stop', 'wait,  stop'],
    ['ﬁne ½ ①', 'fine 1/2 1'],
    ['Straße', 'Strasse'],
    ['€7.', ' 7 euros .'],
    ['£1,234.50 now', ' 1,234.50 pounds  now'],
    ['20° & more', '20 degrees   and  more'],
    ['日本 ok', '   ok'],
    ['e\u0301te\u0301', 'ete'],
    ['a\u0000b\ud83dc', 'a b c'],
  ])('of %j is %j', (text, ascii) => {
    expect(fold(text)).toBe(ascii);
  });

  test('is printable ASCII of which every character has a source, whatever the text', () => {
    const { next: random } = seededRandom(7);
    for (let count = 0; count < 500; count++) {
      const characters = Array.from(randomText(random));
      const { ascii, sources } = foldText(characters);
      expect(ascii).toMatch(/^[\x20-\x7e]*$/);
      expect(sources).toHaveLength(ascii.length);
      expect(sources.every((source) => source >= 0 && source < characters.length)).toBe(true);
    }
  });

  test('knows whether there is anything to say', () => {
    expect(hasSpeech(fold('日本語'))).toBe(false);
    expect(hasSpeech(fold('?!'))).toBe(false);
    expect(hasSpeech(fold('日本語 7'))).toBe(true);
  });
});

describe('sentences', () => {
  test('end at sentence marks and lines, not at abbreviations', () => {
    expect(splitSentences('Dr. Smith came. Why? He said: "No."\nThe end')).toEqual([
      'Dr. Smith came. ',
      'Why? ',
      'He said: "No."\n',
      'The end',
    ]);
    expect(splitSentences('No. It is No. 5, e.g. for J. Doe, at 3 p.m. today.')).toEqual([
      'No. ',
      'It is No. 5, e.g. for J. Doe, at 3 p.m. today.',
    ]);
  });

  test('are cut after a clause or a word where they are too long', () => {
    const long = `${'one two three four five '.repeat(8)}six, ${'seven eight nine ten '.repeat(10)}end.`;
    const pieces = splitSentences(long);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces[0]).toMatch(/six, $/);
    expect(pieces.every((piece) => piece.length <= 250)).toBe(true);
  });

  test('join to the text and part no surrogate pair, whatever the text', () => {
    const { next: random } = seededRandom(11);
    const texts = Array.from({ length: 200 }, () => randomText(random).repeat(3));
    for (const text of [...texts, '👋'.repeat(300), `a${'👋'.repeat(300)}`]) {
      const pieces = splitSentences(text);
      expect(pieces.join('')).toBe(text);
      expect(pieces).not.toContain('');
      expect(pieces.flatMap((piece) => Array.from(piece))).toEqual(Array.from(text));
    }
  });
});
