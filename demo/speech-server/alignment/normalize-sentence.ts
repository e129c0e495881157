import type { SpokenToken, SpokenWord } from '../engine/utterance.ts';
import type { CharacterTimes } from './character-times.ts';
import { placeCharacters } from './place-characters.ts';

/**
 * A sentence as it was spoken, figures and symbols spelt out, and when each of its characters is heard. A space stands before
 * every word, the first included.
 */
export function normalizeSentence(tokens: readonly SpokenToken[]): CharacterTimes {
  const characters: string[] = [];
  const starts: (number | undefined)[] = [];
  const ends: (number | undefined)[] = [];
  const append = (text: string, words: readonly SpokenWord[]): void => {
    const base = characters.length;
    characters.push(...text);
    for (let count = 0; count < text.length; count++) {
      starts.push(undefined);
      ends.push(undefined);
    }
    placeCharacters(text, words, (index, start, end) => {
      starts[base + index] = start;
      ends[base + index] = end;
    });
  };
  for (const token of tokens) {
    const words = token.words.filter((word) => word.phones.length > 0);
    if (words.length === 0) continue;
    append(` ${token.prefix}`, []);
    for (const [order, { text, spoken }] of spellOut(token.text, words).entries()) {
      if (order > 0) append(' ', []);
      append(text, spoken);
    }
    append(token.suffix, []);
  }
  return { characters, starts, ends };
}

interface SpeltOut {
  readonly text: string;
  readonly spoken: readonly SpokenWord[];
}

/** A token keeps its spelling, capitals and hyphens if its words are spelt as it is; else its words take its place. */
function spellOut(token: string, words: readonly SpokenWord[]): SpeltOut[] {
  const spoken = words.map((word) => word.text).join('');
  if (letters(spoken) === letters(token)) return [{ text: token, spoken: words }];
  return words.map((word) => ({ text: word.text, spoken: [word] }));
}

function letters(text: string): string {
  return text.toLowerCase().replace(/['.-]/g, '');
}
