/**
 * Characters of a text and when each is heard, in seconds. A character that has no sound of its own (a space, a mark, what the
 * engine can't speak) has no time: `undefined` in both lists.
 */
export interface CharacterTimes {
  readonly characters: readonly string[];
  readonly starts: readonly (number | undefined)[];
  readonly ends: readonly (number | undefined)[];
}
