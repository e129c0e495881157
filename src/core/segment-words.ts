/** A word and where it stands in its text, in UTF-16 code units. */
export interface TextWord {
  /** The word without the quotes and punctuation around it. */
  readonly text: string;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** Divides a text that is written without spaces into words; an `Intl.Segmenter` of granularity `word` is one. */
export interface WordSegmenter {
  segment(text: string): Iterable<{ readonly segment: string; readonly index: number }>;
}

/** How words are found in a text. */
export interface SegmentOptions {
  /** The language of the text, a BCP 47 tag. Only scripts written without spaces need it. */
  readonly locale?: string | undefined;
  /** Used in place of `Intl.Segmenter`. */
  readonly segmenter?: WordSegmenter | undefined;
}

/** What belongs to the character before it: combining marks, joiners, the soft hyphen, the word joiner. */
const marks = String.raw`[\p{M}\u200C\u200D\u00AD\u2060]*`;
/** The scripts written without spaces. */
const dense = String.raw`[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]`;
const denseCharacter = String.raw`(?=[\p{L}\p{N}])${dense}${marks}`;
/** A letter or digit of another script; a digit takes the separator before the next digit with it. */
const character = String.raw`(?!${dense})(?:\p{N}${marks}[.,:٫٬](?=\p{N})|[\p{L}\p{N}]${marks})`;
/** Signs inside a word. A double quote is one in Hebrew abbreviations only. */
const joiner = String.raw`(?:['’‐‑._@&·°\p{Sc}-]|["״](?=\p{sc=Hebr}))`;
const before = String.raw`(?:[\p{Sc}#]${marks}(?=\p{N}))?`;
const after = String.raw`(?:[%％‰°\p{Sc}+#]${marks})*`;

const word: RegExp = /* @__PURE__ */ new RegExp(
  `((?:${denseCharacter})+)|${before}(?:${character})+(?:${joiner}(?:${character})+)*${after}`,
  'gu',
);

const segmenters: Map<string | undefined, WordSegmenter> = /* @__PURE__ */ new Map<string | undefined, WordSegmenter>();

/**
 * The words of a text in order. Scripts with spaces are divided at white space, dashes, slashes and punctuation, but not at
 * an apostrophe or hyphen inside a word or in a number; the others by a segmenter. What holds neither letter nor digit is
 * no word.
 */
export function segmentWords(text: string, options: SegmentOptions = {}): TextWord[] {
  const words: TextWord[] = [];
  for (const match of text.matchAll(word)) {
    const parts = match[1] === undefined ? [{ segment: match[0], index: 0 }] : divide(match[1], options);
    for (const { segment, index } of parts) {
      const start = match.index + index;
      words.push({ text: segment, start, end: start + segment.length });
    }
  }
  return words;
}

function divide(text: string, { locale, segmenter }: SegmentOptions): ReturnType<WordSegmenter['segment']> {
  return (segmenter ?? systemSegmenter(locale)).segment(text);
}

function newSegmenter(locale: string | undefined): WordSegmenter {
  try {
    return new Intl.Segmenter(locale?.replaceAll('_', '-'), { granularity: 'word' });
  } catch {
    // Of a tag that it does not know, an engine makes no default of its own.
    return new Intl.Segmenter(undefined, { granularity: 'word' });
  }
}

function systemSegmenter(locale: string | undefined): WordSegmenter {
  let segmenter = segmenters.get(locale);
  if (!segmenter) {
    try {
      segmenter = newSegmenter(locale);
    } catch {
      // An engine without Intl.Segmenter: each character stands for a word.
      segmenter = { segment: divideIntoCharacters };
    }
    segmenters.set(locale, segmenter);
  }
  return segmenter;
}

/** Thai and Lao write a vowel after its consonant that can't be parted from it. */
function divideIntoCharacters(text: string): { segment: string; index: number }[] {
  const characters = text.matchAll(new RegExp(`${denseCharacter}[ำຳ]?`, 'gu'));
  return Array.from(characters, ({ 0: segment, index }) => ({ segment, index }));
}
