import type { Phone, SpokenWord } from '../engine/utterance.ts';
import { matchLetters } from './match-letters.ts';

/** Gives one character of a text its time, by its index there. */
export type Place = (index: number, start: number, end: number) => void;

/**
 * Places the characters of `text` (ASCII) on the words by which it is spoken. Where the words are spelt as the text is, each
 * letter gets the phones that it stands for; a figure, a symbol or an abbreviation spreads evenly over its sound. Hyphens and
 * apostrophes between letters have no sound and are not placed.
 */
export function placeCharacters(text: string, words: readonly SpokenWord[], place: Place): void {
  const phones = words.flatMap((word) => word.phones);
  if (phones.length === 0) return;
  const letters = [...text].flatMap((character, index) => (/[a-z]/i.test(character) ? [index] : []));
  const spelt = letters
    .map((index) => text[index])
    .join('')
    .toLowerCase();
  const spokenAsWritten =
    words
      .map((word) => word.text.replace(/[^a-z]/gi, ''))
      .join('')
      .toLowerCase() === spelt;
  if (/[^a-z'.-]/i.test(text) || letters.length === 0) {
    spread(0, text.length, phones, place);
  } else if (spokenAsWritten) {
    let next = 0;
    for (const word of words) {
      const own = letters.slice(next, next + word.text.replace(/[^a-z]/gi, '').length);
      next += own.length;
      if (!placeLetters(text, own, word.phones, place)) spreadOver(own, word.phones, place);
    }
  } else if (!placeLetters(text, letters, phones, place)) {
    spread(0, text.length, phones, place);
  }
}

function placeLetters(text: string, letters: readonly number[], phones: readonly Phone[], place: Place): boolean {
  const word = letters
    .map((index) => text[index])
    .join('')
    .toLowerCase();
  const names = phones.map((phone) => phone.name);
  const spellings = matchLetters(word, names);
  if (spellings === undefined) return false;
  for (const { letterStart, letterEnd, phoneStart, phoneEnd } of spellings) {
    spreadOver(letters.slice(letterStart, letterEnd), phones.slice(phoneStart, phoneEnd), place);
  }
  return true;
}

function spread(from: number, to: number, phones: readonly Phone[], place: Place): void {
  spreadOver(
    Array.from({ length: to - from }, (_, offset) => from + offset),
    phones,
    place,
  );
}

function spreadOver(indices: readonly number[], phones: readonly Phone[], place: Place): void {
  const start = phones[0]?.start;
  const end = phones.at(-1)?.end;
  if (start === undefined || end === undefined) return;
  const step = (end - start) / indices.length;
  for (const [order, index] of indices.entries()) place(index, start + order * step, start + (order + 1) * step);
}
