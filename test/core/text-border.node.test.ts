import { describe, expect, test } from 'vitest';
import { segmentWords } from '../../src/core/segment-words.ts';
import { lastBorder, withoutOpening, type CutMode } from '../../src/core/text-border.ts';
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts';

/** What may be sent of a text. */
function readyPart(text: string, mode: CutMode, locale?: string): string {
  return text.slice(0, lastBorder(text, mode, locale));
}

/** The offsets at which a text is cut that comes in `tokens`, and the most that was held back. */
function cutsOf(tokens: readonly string[], mode: CutMode, locale?: string): { cuts: number[]; held: number } {
  const cuts: number[] = [];
  let rest = '';
  let at = 0;
  let held = 0;
  for (const token of tokens) {
    rest += token;
    for (let border = lastBorder(rest, mode, locale); border > 0; border = lastBorder(rest, mode, locale)) {
      at += border;
      cuts.push(at);
      rest = rest.slice(border);
    }
    held = Math.max(held, rest.length);
  }
  return { cuts, held };
}

/** A text in tokens of one to `longest` units, which part surrogates and marks. */
function tokensOf(text: string, longest: number, { between }: SeededRandom): string[] {
  const tokens: string[] = [];
  for (let at = 0; at < text.length; at += tokens.at(-1)!.length) tokens.push(text.slice(at, at + between(1, longest)));
  return tokens;
}

/** Whether a cut at `at` divides a word, a run without white space that holds one, or what a no-break space joins. */
function isInside(text: string, at: number, locale?: string): boolean {
  if (segmentWords(text, { locale }).some(({ start, end }) => start < at && at < end)) return true;
  const before = text.slice(0, at);
  const isAtSpace = /[^\S\u00A0\u202F]$/u.test(before);
  const isAtMark = /[。！？｡、，；：][\p{Pe}\p{Pf}]*$/u.test(before);
  const isBetweenTouchingWords = /[\p{Lo}\p{M}\p{N}ー]$/u.test(before) && /^[\p{Lo}\p{N}]/u.test(text.slice(at));
  return !isAtSpace && !isAtMark && !isBetweenTouchingWords;
}

const vocabulary = [
  'the',
  "don't",
  '3.14',
  '1,000',
  '10\u00A0000\u202F€',
  '$5',
  'https://example.com/a/b?c=d%20e&f=1,2;3#g',
  `https://example.com/${'way/'.repeat(30)}%20end`,
  'e.g.',
  'Dr.',
  '"well,"',
  '“yes…”',
  '(no!)',
  'word—next',
  '吾輩は猫である。',
  '「名前は、まだ無い」',
  '价格是100，但是1，000更好；3：30见！',
  'ﾊﾝｶｸ｡',
  'สวัสดีชาวโลก',
  '👩‍👩‍👧‍👦',
  '👍🏽',
  'e\u0301te\u0301',
  'नमस्ते।',
  'مرحبا؟',
  'Wait...',
];
const spaces = [' ', ' ', ' ', '  ', '\n', '\r\n', '\u3000', '\u2028', '', '\t'];

function randomText({ between }: SeededRandom): string {
  let text = '';
  const pick = (list: readonly string[]): string => list[between(0, list.length - 1)]!;
  for (let words = between(1, 30); words > 0; words -= 1) text += pick(vocabulary) + pick(spaces);
  return text;
}

describe('a border between words', () => {
  test.each([
    ['Hello', ''],
    ['Hello ', 'Hello '],
    ['Hello wor', 'Hello '],
    ["I don'", 'I '],
    ['It is 3.', 'It is '],
    ['It costs 1,', 'It costs '],
    ['See https://example.com/a?b=', 'See '],
    ['some, e.g. ', 'some, e.g. '],
    ['he said "yes', 'he said '],
    ['a\r\nb', 'a\r\n'],
    ['a\u3000b', 'a\u3000'],
    ['about 10\u00A0000', 'about '],
    ['about 10\u202F000', 'about '],
    ['吾輩は', ''],
    ['吾輩は猫。名前', '吾輩は猫。'],
    ['「吾輩は猫。」名前', '「吾輩は猫。」'],
    ['他说：“你好', '他说：'],
    ['え！？な', 'え！？'],
    ['价格是1，', ''],
    ['价格是1，0', ''],
    ['价格是1，但', '价格是1，'],
    ['三点，', '三点，'],
    ['现在3：30', ''],
    ['ភាសា\u200Bខ្មែរ', 'ភាសា\u200B'],
    ['', ''],
  ])('%j may be sent as %j', (text, ready) => {
    expect(readyPart(text, 'word')).toBe(ready);
  });

  test('is none in an address of any length', () => {
    expect(lastBorder(`https://example.com/${'path-to/'.repeat(50)}a%20b`, 'word')).toBe(0);
    expect(lastBorder('A'.repeat(1000), 'word')).toBe(0);
  });

  test('is found in a long text whose spaces are all no-break ones', () => {
    expect(readyPart(`${'word\u00A0'.repeat(20)}wo`, 'word')).toBe('word\u00A0'.repeat(20));
  });

  test('is never inside a word, a number or an address, however the text is cut into tokens', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = seededRandom(seed);
      const text = randomText(random);
      const { cuts } = cutsOf(tokensOf(text, random.between(1, 12), random), 'word');
      expect(
        cuts.filter((at) => at < text.length && isInside(text, at)),
        `seed ${seed}: ${JSON.stringify(text)}`,
      ).toEqual([]);
    }
  });

  test.each([
    [
      'zh',
      '今天天气很好我们一起去公园散步吧研究生命的起源是一个非常复杂的问题中华人民共和国国务院总理在北京大学发表了重要讲话南京市长江大桥',
    ],
    [
      'ja',
      '吾輩は猫である名前はまだ無いどこで生れたかとんと見当がつかぬ何でも薄暗いじめじめした所で泣いていた事だけは記憶している',
    ],
    ['th', 'สวัสดีชาวโลกวันนี้อากาศดีมากเราไปเดินเล่นที่สวนสาธารณะกันเถอะประเทศไทยเป็นประเทศที่สวยงามและมีอาหารอร่อยมากมาย'],
    ['km', 'ភាសាខ្មែរគឺជាភាសាកំណើតរបស់ជនជាតិខ្មែរនិងជាភាសាផ្លូវការរបស់ប្រទេសកម្ពុជា'],
    ['lo', 'ພາສາລາວເປັນພາສາທາງການຂອງປະເທດລາວ'],
    ['my', 'မြန်မာဘာသာစကားသည်မြန်မာနိုင်ငံ၏ရုံးသုံးဘာသာစကားဖြစ်သည်'],
  ])('is never inside a word of the segmenter in %s without punctuation, and holds little back', (locale, sample) => {
    const words = segmentWords(sample, { locale }).map(({ text }) => text);
    for (let seed = 1; seed <= 30; seed += 1) {
      const random = seededRandom(seed);
      const text = Array.from({ length: 150 }, () => words[random.between(0, words.length - 1)]).join('');
      const { cuts, held } = cutsOf(tokensOf(text, 5, random), 'word', locale);
      const ends = new Set(segmentWords(text, { locale }).map(({ end }) => end));
      expect(cuts.length).toBeGreaterThan(3);
      expect(cuts.filter((at) => !ends.has(at))).toEqual([]);
      expect(held).toBeLessThan(100);
    }
  });
});

describe('a border between phrases', () => {
  test.each([
    ['Hello there', ''],
    ['Hello there.', ''],
    ['Hello there. ', 'Hello there. '],
    ['Hello. How are', 'Hello. '],
    ['Pi is 3.14 or', ''],
    ['Dr. Smith', ''],
    ['I met Dr. Smith. He', 'I met Dr. Smith. '],
    ['By J. R. R. Tolkien', ''],
    ['Fruit, e.g. this', ''],
    ['In the U.S. it', ''],
    ['z. B. das', ''],
    ['1. First', ''],
    ['It is 3.5. Then', 'It is 3.5. '],
    ['Wait... what', 'Wait... '],
    ['Wait… what', 'Wait… '],
    ['What?! No', 'What?! '],
    ['"Stop." He', '"Stop." '],
    ['(Really!) Yes', '(Really!) '],
    ['„Halt.“ Er', '„Halt.“ '],
    ['**Stop.** He', '**Stop.** '],
    ['A title\nand', 'A title\n'],
    ['A title\r\nand', 'A title\r\n'],
    ['你好。我', '你好。'],
    ['「你好。」我', '「你好。」'],
    ['नमस्ते। आप', 'नमस्ते। '],
    ['كيف؟ أنا', 'كيف؟ '],
    ['short, clause', ''],
    [
      `${'a clause that is long enough to '.repeat(2)}stand, and`,
      `${'a clause that is long enough to '.repeat(2)}stand, `,
    ],
    ['', ''],
  ])('%j may be sent as %j', (text, ready) => {
    expect(readyPart(text, 'phrase')).toBe(ready);
  });

  test('is one between words where a phrase does not end', () => {
    const text = 'word '.repeat(51);
    expect(readyPart(text.slice(0, 250), 'phrase')).toBe('');
    expect(readyPart(`${text}wo`, 'phrase')).toBe(text);
  });

  test('is never inside a word, however the text is cut into tokens, and holds little back', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = seededRandom(seed);
      const text = randomText(random);
      const { cuts } = cutsOf(tokensOf(text, random.between(1, 12), random), 'phrase');
      expect(
        cuts.filter((at) => at < text.length && isInside(text, at)),
        `seed ${seed}: ${JSON.stringify(text)}`,
      ).toEqual([]);
    }
    const { held } = cutsOf(tokensOf('no end in sight '.repeat(100), 7, seededRandom(1)), 'phrase');
    expect(held).toBeLessThan(300);
  });
});

test('what opens the second of two words is not counted with the first', () => {
  expect(withoutOpening('')).toBe('');
  expect(withoutOpening('—')).toBe('—');
  expect(withoutOpening('—$')).toBe('—');
  expect(withoutOpening('」「')).toBe('」');
  expect(withoutOpening('.”')).toBe('.”');
});
