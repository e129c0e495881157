const abbreviation =
  /(?:^|[\s("'])(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|Inc|Ltd|Co|U\.S|a\.m|p\.m|[A-Z])\.["')\]]?[^\S\n]*$/;

/** The engine's time grows with the square of a word's length, so nothing longer than this is spoken in one piece. */
const maximumLength = 250;

/**
 * `text` in the pieces in which it is spoken: sentences, a long one cut after a clause or a word. Joined, the pieces are the
 * text; none is empty.
 */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)) {
    const last = sentences.at(-1);
    if (last !== undefined && goesOn(last, segment) && last.length + segment.length <= maximumLength) {
      sentences[sentences.length - 1] = last + segment;
    } else {
      sentences.push(segment);
    }
  }
  return sentences.flatMap(splitLong);
}

/** Whether the full stop at the end of `sentence` belongs to an abbreviation: "Dr. ", and "No. " before a figure. */
function goesOn(sentence: string, next: string): boolean {
  return abbreviation.test(sentence) || (/(?:^|\s)No\.[^\S\n]*$/.test(sentence) && /^\d/.test(next));
}

function splitLong(sentence: string): string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > maximumLength) {
    const window = rest.slice(0, maximumLength);
    const cut =
      lastMatchEnd(window, /[,;:—]\s+/g) ?? lastMatchEnd(window, /\s+/g) ?? wholeCodePoints(rest, maximumLength);
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  if (rest !== '') pieces.push(rest);
  return pieces;
}

function lastMatchEnd(text: string, pattern: RegExp): number | undefined {
  const match = [...text.matchAll(pattern)].at(-1);
  return match === undefined ? undefined : match.index + match[0].length;
}

/** `length`, or one less where it would part a surrogate pair. */
function wholeCodePoints(text: string, length: number): number {
  return (text.codePointAt(length - 1) ?? 0) > 0xffff ? length - 1 : length;
}
