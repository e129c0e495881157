/** When each character is spoken: three arrays of one length, times in seconds from the start of the speech. */
export interface Alignment {
  /** Usually one Unicode code point an entry; an entry may hold several. */
  readonly characters: readonly string[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}
