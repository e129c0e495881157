import { afterEach, describe, expect, test, vi } from 'vitest';
import { segmentWords, type WordSegmenter } from '../../src/core/segment-words.ts';

const textsOf = (text: string): string[] => segmentWords(text).map((word) => word.text);

afterEach(() => vi.unstubAllGlobals());

describe('words of scripts with spaces', () => {
  test.each<[string, string, string[]]>([
    ['quotes and punctuation around a word are not in it', '“Well,” (he) said: «no»…', ['Well', 'he', 'said', 'no']],
    [
      'apostrophes and hyphens inside stay',
      "I'm the state-of-the-art, don’t you",
      ["I'm", 'the', 'state-of-the-art', 'don’t', 'you'],
    ],
    ['case 7: a dash parts words', "the 'Morning Star'—no", ['the', 'Morning', 'Star', 'no']],
    ['a dash of two hyphens parts words', 'one--two 1990–95', ['one', 'two', '1990', '95']],
    ['slashes part words', 'and/or', ['and', 'or']],
    ['case 5: a lone mark is no word', 'timings -- now — … / * & then', ['timings', 'now', 'then']],
    ['case 38: numbers are whole', "It's 29.83 mm, 1,000 items, 76%", ["It's", '29.83', 'mm', '1,000', 'items', '76%']],
    [
      'currencies and other signs belong to the number',
      '$5 US$5 5€ £1,000.50 #1 20°C 12:30',
      ['$5', 'US$5', '5€', '£1,000.50', '#1', '20°C', '12:30'],
    ],
    ['signs that are read out belong to the word', 'C++ C# AT&T me@x.com', ['C++', 'C#', 'AT&T', 'me@x.com']],
    ['a missing space after a comma parts words', 'one,two;3,x 4,5', ['one', 'two', '3', 'x', '4,5']],
    ['abbreviations keep their inner full stops', 'e.g. the U.S.A.', ['e.g', 'the', 'U.S.A']],
    ['case 11: a hyphenated word is one word', 'Laptop-friendly cafés.', ['Laptop-friendly', 'cafés']],
    ['case 40: brackets are no part of a word', '[note a[0]', ['note', 'a', '0']],
    [
      'all of White_Space parts words',
      'a\u0085b\u00A0c\u1680d\u2003e\u2028f\u202Fg\u3000h\ni\r\nj\tk',
      [...'abcdefghijk'],
    ],
    ['a soft hyphen and joiners stay inside', 'soft\u00ADhyphen می\u200Cخواهم', ['soft\u00ADhyphen', 'می\u200Cخواهم']],
    ['a Hebrew abbreviation has a quote inside', 'צה"ל "שלום"', ['צה"ל', 'שלום']],
    [
      'case 45: marks stay with their letters',
      'नमस्ते दुनिया שָׁלוֹם e\u0301te\u0301',
      ['नमस्ते', 'दुनिया', 'שָׁלוֹם', 'e\u0301te\u0301'],
    ],
    ['emoji are no words, and not cut', '👩‍👩‍👧‍👦 ok👍🏽 🇫🇷', ['ok']],
    ['letters beyond 16 bits are letters', '𝒜𝒷 𐐷x', ['𝒜𝒷', '𐐷x']],
    ['a text without words has none', ' \n—', []],
  ])('%s', (_, text, expected) => {
    expect(textsOf(text)).toEqual(expected);
  });

  test('ranges are in UTF-16 code units', () => {
    expect(segmentWords('👩‍👩‍👧‍👦 ok, “e\u0301”')).toEqual([
      { text: 'ok', start: 12, end: 14 },
      { text: 'e\u0301', start: 17, end: 19 },
    ]);
  });
});

describe('case 48: words of scripts without spaces', () => {
  test.each([
    ['Japanese', 'ja', '吾輩は猫である。名前はまだ無い。'],
    ['Chinese', 'zh', '我是你的智能助手。'],
    ['Thai', 'th', 'สวัสดีชาวโลก น้ำ'],
    ['Khmer', 'km', 'សួស្តីពិភពលោក'],
    ['Lao and Burmese', undefined, 'ສະບາຍດີ မင်္ဂလာပါ'],
  ])('%s words cover all letters without overlap', (_, locale, text) => {
    const words = segmentWords(text, { locale });
    expect(words.length).toBeGreaterThan(1);
    expect(words.map((word) => word.text).join('')).toBe(text.replace(/[。 ]/gu, ''));
    words.reduce((end, word) => {
      expect(word.start).toBeGreaterThanOrEqual(end);
      expect(text.slice(word.start, word.end)).toBe(word.text);
      return word.end;
    }, 0);
  });

  test('the segmenter that was given is asked, for such runs only', () => {
    const asked: string[] = [];
    const pairs: WordSegmenter = {
      segment(run) {
        asked.push(run);
        return Array.from(run.matchAll(/../gu), ({ 0: segment, index }) => ({ segment, index }));
      },
    };
    expect(segmentWords('AI助手日本 ok 東京', { segmenter: pairs })).toEqual([
      { text: 'AI', start: 0, end: 2 },
      { text: '助手', start: 2, end: 4 },
      { text: '日本', start: 4, end: 6 },
      { text: 'ok', start: 7, end: 9 },
      { text: '東京', start: 10, end: 12 },
    ]);
    expect(asked).toEqual(['助手日本', '東京']);
  });

  test('each character is a word where Intl.Segmenter is missing', () => {
    vi.stubGlobal('Intl', {});
    expect(segmentWords('น้ำชา ok 東か\u3099', { locale: 'th-TH' }).map((word) => word.text)).toEqual([
      'น้ำ',
      'ช',
      'า',
      'ok',
      '東',
      'か\u3099',
    ]);
  });

  test.each(['not a tag', 'ja_JP'])('the language tag %j is none, and words are found all the same', (locale) => {
    expect(segmentWords('東京', { locale }).map((word) => word.text)).toEqual(['東京']);
  });
});

test('Intl.Segmenter is made when it is needed, once for a locale', () => {
  const made = vi.fn();
  class Counted extends Intl.Segmenter {
    constructor(...options: ConstructorParameters<typeof Intl.Segmenter>) {
      super(...options);
      made(options[0]);
    }
  }
  vi.stubGlobal('Intl', { Segmenter: Counted });
  segmentWords('only words with spaces', { locale: 'ja-JP' });
  expect(made).not.toHaveBeenCalled();
  segmentWords('東京', { locale: 'ja-JP' });
  segmentWords('京都', { locale: 'ja-JP' });
  expect(made.mock.calls).toEqual([['ja-JP']]);
});
