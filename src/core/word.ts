/** A word of the text and the time at which it is spoken. */
export interface Word {
  /** Its place in the timeline, from 0. */
  readonly index: number;
  /** The word without the quotes and punctuation around it. */
  readonly text: string;
  /** Where `text` begins in the caller's text, in UTF-16 code units. */
  readonly textStart: number;
  /** Where `text` ends in the caller's text, exclusive, in UTF-16 code units. */
  readonly textEnd: number;
  /** Seconds from the start of the speech. */
  readonly start: number;
  /** Seconds from the start of the speech. */
  readonly end: number;
  /** Whether the times were worked out from the words around it, because the service gave none. */
  readonly estimated: boolean;
}
