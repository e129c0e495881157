import { splitSentences } from '../text/split-sentences.ts';

/** A clause shorter than this, in characters, is not worth a fall of the voice. */
const shortestClause = 50;

/** Where the sentences of a text end that is still being written, each behind its white space; the text goes on. */
export function sentenceEnds(text: string): number[] {
  // What follows decides whether "Dr. " or "No. " is an end: it is one if it is before a word and before a figure.
  const beforeFigure = new Set(endsWithin(text, '5'));
  return endsWithin(text, 'X').filter((end) => beforeFigure.has(end) && /\s/.test(text[end - 1] ?? ''));
}

/** Where the last clause ends that is not too short, behind its white space. */
export function clauseEnd(text: string): number | undefined {
  const end = lastMatchEnd(text, /[,;:—]["'”’)\]]*\s+/g);
  return end !== undefined && end >= shortestClause ? end : undefined;
}

/** The end of the last white space. */
export function whiteSpaceEnd(text: string): number | undefined {
  return lastMatchEnd(text, /\s+/g);
}

function endsWithin(text: string, sequel: string): number[] {
  let position = 0;
  return splitSentences(text + sequel)
    .map((sentence) => (position += sentence.length))
    .filter((end) => end <= text.length);
}

function lastMatchEnd(text: string, pattern: RegExp): number | undefined {
  const match = [...text.matchAll(pattern)].at(-1);
  return match === undefined ? undefined : match.index + match[0].length;
}
