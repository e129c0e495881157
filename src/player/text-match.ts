/** A stretch of text, in UTF-16 code units, its end exclusive. */
interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** Where a sent text lies in a shown text that may be spaced, quoted or composed in another way. */
export interface TextMatch {
  /**
   * The span of the shown text that says what `start` to `end` of the sent text says, `undefined` when that has nothing
   * visible or is not shown yet.
   */
  span(start: number, end: number): TextSpan | undefined;
}

interface FoldedText {
  /** What is left of a text when everything is dropped that two renderings of it may differ in. */
  readonly text: string;
  /** For each code unit of `text`, the place in the original from which it came. */
  readonly offsets: readonly number[];
}

/**
 * Finds the sent text as one piece in the shown text; other text may stand before and after it. A shown text that is
 * only the beginning of the sent one matches too: a page may render live text after it was sent.
 */
export function matchText(sent: string, shown: string): TextMatch | undefined {
  const from = fold(sent);
  const to = fold(shown);
  const anchor = from.text.startsWith(to.text) ? 0 : anchorOf(from.text, to, shown);
  const length = Math.min(from.text.length, to.text.length);
  if (length === 0 || anchor < 0) return undefined;

  return {
    span(start, end) {
      const first = lowerBound(from.offsets, start);
      const last = Math.min(lowerBound(from.offsets, end), length) - 1;
      const shownFirst = to.offsets[anchor + first];
      const shownLast = to.offsets[anchor + last];
      if (last < first || shownFirst === undefined || shownLast === undefined) return undefined;
      return { start: shownFirst, end: endOfCharacter(shown, shownLast) };
    },
  };
}

/** The index of the first of the ascending `values` that is not below `value`; their number when all are. */
export function lowerBound(values: readonly number[], value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? value) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function fold(text: string): FoldedText {
  const known = new Map<string, string>();
  const offsets: number[] = [];
  let folded = '';
  let offset = 0;
  for (const character of text) {
    let units = known.get(character);
    if (units === undefined) known.set(character, (units = foldCharacter(character)));
    folded += units;
    for (let unit = 0; unit < units.length; unit += 1) offsets.push(offset);
    offset += character.length;
  }
  return { text: folded, offsets };
}

function foldCharacter(character: string): string {
  return character
    .normalize('NFKD')
    .replace(/[\s\p{DI}]/gu, '')
    .replace(/[‘’‚‛ʼ′]/g, "'")
    .replace(/[“”„‟«»″]/g, '"')
    .replace(/[‐-―−]/g, '-');
}

/** The first occurrence that begins and ends at the border of a word, else the first one, else -1. */
function anchorOf(sent: string, shown: FoldedText, original: string): number {
  const first = shown.text.indexOf(sent);
  for (let at = first; at >= 0; at = shown.text.indexOf(sent, at + 1)) {
    const start = shown.offsets[at] ?? 0;
    const end = endOfCharacter(original, shown.offsets[at + sent.length - 1] ?? 0);
    if (!isInsideWord(original, start) && !isInsideWord(original, end)) return at;
  }
  return first;
}

function isInsideWord(text: string, offset: number): boolean {
  return /^[\p{L}\p{N}]{2}$/u.test(text.slice(offset - 1, offset + 1));
}

/** The end of the character at `offset`, with the invisible ones (variation selectors, joiners) that belong to it. */
function endOfCharacter(text: string, offset: number): number {
  const character = /.\p{DI}*/suy;
  character.lastIndex = offset;
  return character.test(text) ? character.lastIndex : offset;
}
