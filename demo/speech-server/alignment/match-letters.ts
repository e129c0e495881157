import { spellingCost } from './letter-sounds.ts';

/** Letters of a word and the phones that they spell, both as ranges with an exclusive end. */
export interface Spelling {
  letterStart: number;
  letterEnd: number;
  phoneStart: number;
  phoneEnd: number;
}

interface Step {
  readonly letters: number;
  readonly phones: number;
}

const steps: readonly Step[] = [
  { letters: 1, phones: 1 },
  { letters: 2, phones: 1 },
  { letters: 3, phones: 1 },
  { letters: 1, phones: 0 },
  { letters: 0, phones: 1 },
  { letters: 1, phones: 2 },
];

/**
 * Which letters of `word` (lower case) spell which of `phones`: the cheapest way through both, found by dynamic programming.
 * Every letter and every phone is in exactly one spelling. `undefined` where the letters don't spell the phones ("Dr").
 */
export function matchLetters(word: string, phones: readonly string[]): Spelling[] | undefined {
  const width = phones.length + 1;
  const costs = new Float64Array((word.length + 1) * width).fill(Infinity);
  const chosen: (Step | undefined)[] = [];
  costs[0] = 0;
  for (let letter = 0; letter <= word.length; letter++) {
    for (let phone = 0; phone <= phones.length; phone++) {
      const reached = costs[letter * width + phone] ?? Infinity;
      for (const step of steps) {
        const nextLetter = letter + step.letters;
        const nextPhone = phone + step.phones;
        if (nextLetter > word.length || nextPhone > phones.length) continue;
        const cost = reached + spellingCost(word.slice(letter, nextLetter), phones.slice(phone, nextPhone));
        const next = nextLetter * width + nextPhone;
        if (cost >= (costs[next] ?? Infinity)) continue;
        costs[next] = cost;
        chosen[next] = step;
      }
    }
  }
  const total = costs.at(-1) ?? Infinity;
  if (total > Math.max(word.length, phones.length)) return undefined;
  return joinSilent(walkBack(chosen, word.length, phones.length));
}

function walkBack(chosen: readonly (Step | undefined)[], letters: number, phones: number): Spelling[] {
  const spellings: Spelling[] = [];
  let letterEnd = letters;
  let phoneEnd = phones;
  while (letterEnd > 0 || phoneEnd > 0) {
    const step = chosen[letterEnd * (phones + 1) + phoneEnd];
    if (step === undefined) break;
    const spelling = { letterStart: letterEnd - step.letters, letterEnd, phoneStart: phoneEnd - step.phones, phoneEnd };
    spellings.push(spelling);
    letterEnd = spelling.letterStart;
    phoneEnd = spelling.phoneStart;
  }
  return spellings.toReversed();
}

/** Silent letters share the phone before them, phones without letters lengthen the letter before; at the start, the one after. */
function joinSilent(spellings: readonly Spelling[]): Spelling[] {
  const joined: Spelling[] = [];
  for (const spelling of spellings) {
    const last = joined.at(-1);
    if (last !== undefined && (isOneSided(spelling) || isOneSided(last))) {
      last.letterEnd = spelling.letterEnd;
      last.phoneEnd = spelling.phoneEnd;
    } else {
      joined.push({ ...spelling });
    }
  }
  return joined;
}

function isOneSided(spelling: Spelling): boolean {
  return spelling.letterStart === spelling.letterEnd || spelling.phoneStart === spelling.phoneEnd;
}
