import { describe, expect, it } from 'vitest';
import { matchText } from '../../src/player/text-match.ts';

/** What the shown text has for each of the sent text's stretches without white space. */
function shownWords(sent: string, shown: string): (string | undefined)[] | undefined {
  const match = matchText(sent, shown);
  return (
    match &&
    [...sent.matchAll(/\S+/g)].map(({ 0: word, index }) => {
      const span = match.span(index, index + word.length);
      return span && shown.slice(span.start, span.end);
    })
  );
}

describe('matchText', () => {
  it.each<[name: string, sent: string, shown: string, words: (string | undefined)[]]>([
    ['equal texts', 'One two.', 'One two.', ['One', 'two.']],
    ['text before and after', 'One two.', 'Bot: One two. Copy', ['One', 'two.']],
    ['collapsed white space', 'One  two\r\n\tthree', 'One two three', ['One', 'two', 'three']],
    ['no-break spaces', 'One two', 'One\u00A0two', ['One', 'two']],
    ['indented source text', 'One two', '\n    One\n    two\n  ', ['One', 'two']],
    ['no white space where blocks touch', 'One two', 'Onetwo', ['One', 'two']],
    ['typographic quotes', `"It's" 'so'`, '“It’s” ‘so’', ['“It’s”', '‘so’']],
    ['straight quotes', '“It’s”', `"It's"`, [`"It's"`]],
    ['dashes and an ellipsis', 'so - well... go', 'so – well… go', ['so', '–', 'well…', 'go']],
    ['soft hyphens', 'hyphenation works', 'hy\u00ADphen\u00ADation works', ['hy\u00ADphen\u00ADation', 'works']],
    ['zero-width spaces that were sent', 'a\u200Bb c', 'ab c', ['ab', 'c']],
    ['composed characters', 'cafe\u0301 noir', 'café noir', ['café', 'noir']],
    ['decomposed characters', 'café noir', 'cafe\u0301 noir', ['cafe\u0301', 'noir']],
    ['emoji of several code points', '👩‍👩‍👧‍👦 ok ☺️ on', '👩‍👩‍👧‍👦 ok ☺️ on', ['👩‍👩‍👧‍👦', 'ok', '☺️', 'on']],
    ['a beginning that is shown so far', 'One two three', 'One tw', ['One', 'tw', undefined]],
  ])('maps %s', (_name, sent, shown, words) => {
    expect(shownWords(sent, shown)).toEqual(words);
  });

  it('keeps repeated words apart', () => {
    const match = matchText('ring ring ring', 'They ring: ring ring ring!');
    expect([0, 5, 10].map((start) => match?.span(start, start + 4))).toEqual([
      { start: 11, end: 15 },
      { start: 16, end: 20 },
      { start: 21, end: 25 },
    ]);
  });

  it('prefers an occurrence that is not part of a longer word', () => {
    expect(matchText('ring', 'string rings ring')?.span(0, 4)).toEqual({ start: 13, end: 17 });
    expect(matchText('猫である', '吾輩は猫である。')?.span(0, 1)).toEqual({ start: 3, end: 4 });
  });

  it.each([
    ['another text', 'One two', 'Three four'],
    ['a text with its words in another order', 'One two', 'two One'],
    ['a text of which only the end is the beginning', 'One two', 'Zero One'],
    ['an empty element', 'One', ''],
    ['nothing sent', '', 'One'],
    ['white space sent', ' \n', 'One'],
  ])('refuses %s', (_name, sent, shown) => {
    expect(matchText(sent, shown)).toBeUndefined();
  });

  it('gives no span for what has nothing visible', () => {
    const match = matchText('One  two', 'One two');
    expect(match?.span(3, 5)).toBeUndefined();
    expect(match?.span(2, 2)).toBeUndefined();
    expect(match?.span(8, 12)).toBeUndefined();
  });
});
