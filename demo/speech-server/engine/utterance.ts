/** A sound of speech and when it is heard, in seconds from the start of the utterance. */
export interface Phone {
  /** Its name in the CMU set: `aa`, `b`, `ch` … */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A word as it is spoken: `$5` is the two words `five` and `dollars`. */
export interface SpokenWord {
  readonly text: string;
  readonly phones: readonly Phone[];
}

/** What stands between two white spaces of the text. */
export interface SpokenToken {
  /** Punctuation before `text`. */
  readonly prefix: string;
  readonly text: string;
  /** Punctuation after `text`. */
  readonly suffix: string;
  readonly words: readonly SpokenWord[];
}

/** A text that was spoken in one breath. */
export interface Utterance {
  readonly sampleRate: number;
  readonly samples: Int16Array<ArrayBuffer>;
  readonly tokens: readonly SpokenToken[];
}
