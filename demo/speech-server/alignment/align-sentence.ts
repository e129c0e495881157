import type { SpokenToken } from '../engine/utterance.ts';
import type { FoldedText } from '../text/fold-text.ts';
import type { CharacterTimes } from './character-times.ts';
import { placeCharacters } from './place-characters.ts';

/** When each character of a sentence is heard; `folded` is what the engine was given of it, `tokens` what it made of that. */
export function alignSentence(
  characters: readonly string[],
  folded: FoldedText,
  tokens: readonly SpokenToken[],
): CharacterTimes {
  const starts = characters.map((): number | undefined => undefined);
  const ends = [...starts];
  let position = 0;
  for (const token of tokens) {
    const found = folded.ascii.indexOf(token.text, position);
    if (token.text === '' || found < 0) continue;
    position = found + token.text.length;
    placeCharacters(token.text, token.words, (index, start, end) => {
      const source = folded.sources[found + index];
      if (source === undefined) return;
      // Several characters of the folded text may stand for one of the sentence: "½" is spoken as "1/2".
      starts[source] = Math.min(starts[source] ?? start, start);
      ends[source] = Math.max(ends[source] ?? end, end);
    });
  }
  placeMarks(characters, starts, ends);
  return { characters, starts, ends };
}

/** An accent, a joiner or a variation selector has no length and stands with its letter, not with the pause behind it. */
function placeMarks(characters: readonly string[], starts: (number | undefined)[], ends: (number | undefined)[]): void {
  for (const [index, character] of characters.entries()) {
    if (starts[index] !== undefined || !/^[\p{M}\p{Cf}]$/u.test(character)) continue;
    starts[index] = ends[index - 1];
    ends[index] = ends[index - 1];
  }
}
