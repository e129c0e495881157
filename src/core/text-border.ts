import { segmentWords } from './segment-words.ts';

/** How many UTF-16 units of a text without white space are held back at most, if words can be told apart in it. */
const longestHold = 60;
/** How many units at the end of such a text may be divided anew by what follows: 17 were seen, in Khmer. */
const unsettled = 24;
/** How many units of a phrase are held back at most. */
const longestPhrase = 250;
/** A clause of at least so many units may stand for itself. */
const shortestClause = 60;

/** White space at which a line may be broken: what a no-break space joins is one. */
const space = String.raw`(?:[^\S\u00A0\u2007\u202F\uFEFF]|\u200B)`;
/** Marks of the scripts without spaces; a comma or colon may stand inside a number. */
const stop = String.raw`[。！？｡]+[\p{Pe}\p{Pf}]*`;
const pause = String.raw`(?:[、；]|(?<!\p{N})[，：]|[，：](?=\P{N}))[\p{Pe}\p{Pf}]*`;
const closing = String.raw`["'“‘*_\p{Pe}\p{Pf}]*`;

const wordEnd: RegExp = /* @__PURE__ */ new RegExp(`${space}+|${stop}|${pause}`, 'gu');
const sentenceEnd: RegExp = /* @__PURE__ */ new RegExp(
  String.raw`(?:(?<![.!?…؟۔।॥])[.!?…؟۔।॥]+${closing}\s+|${stop}|\n)`,
  'gu',
);
const clauseEnd: RegExp = /* @__PURE__ */ new RegExp(String.raw`(?:[,;:—–،؛]${closing}\s+|${pause})`, 'gu');
const abbreviation =
  /(?<![\p{L}\p{N}.,])(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|etc|No|Nr|Fig|ca|bzw|\d{1,2}|(?:\p{L}\.)*\p{L})\.\s+$/u;
/** The most units that are looked at for an abbreviation, so that a text of nothing else costs what it is long. */
const longestAbbreviation = 24;

/** Whether a text is cut after each word, for a service that gathers them, or after each phrase, for one that does not. */
export type CutMode = 'word' | 'phrase';

/**
 * The end of what may be sent of a text that is still being written: the last border between words (or phrases), never one
 * inside a word; 0 when there is none yet. What is behind it may have another one, if it is long.
 */
export function lastBorder(text: string, mode: CutMode, locale?: string): number {
  if (mode === 'word') return wordBorder(text, locale);
  const sentence = sentenceEnds(text).at(-1);
  if (sentence !== undefined) return sentence;
  const clause = ends(text, clauseEnd).findLast((end) => end >= shortestClause);
  return clause ?? (text.length > longestPhrase ? wordBorder(text, locale) : 0);
}

/** The ends of the sentences in a text that goes on, each behind its white space. */
export function sentenceEnds(text: string): number[] {
  return ends(text, sentenceEnd).filter(
    (end) => !abbreviation.test(text.slice(Math.max(0, end - longestAbbreviation), end)),
  );
}

/** Whether nothing in a text is read out: it has no letter or digit but in tags. */
export function saysNothing(text: string): boolean {
  return /^(?:<[^<>]*>|[^\p{L}\p{N}<])*$/u.test(text);
}

/** The marks and white space that a text ends with. */
export function gapAfter(text: string): string {
  return /(?<![^\p{L}\p{N}])[^\p{L}\p{N}]*$/u.exec(text)?.[0] ?? '';
}

/** What stands between two words, without the marks that open the second: quotes, brackets, a currency sign. */
export function withoutOpening(gap: string): string {
  return gap.replace(/(?<![\p{Ps}\p{Pi}\p{Sc}#¿¡])[\p{Ps}\p{Pi}\p{Sc}#¿¡]+$/u, '');
}

function wordBorder(text: string, locale: string | undefined): number {
  const border = ends(text, wordEnd).at(-1);
  if (border !== undefined || text.length <= longestHold) return border ?? 0;
  return touchingBorder(text, locale) ?? ends(text, /(?<!\p{N})\s+/gu).at(-1) ?? 0;
}

/** The last border between two words that are written without a space; an address or a formula has none. */
function touchingBorder(text: string, locale: string | undefined): number | undefined {
  const words = segmentWords(text, { locale });
  return words.findLast(({ end, text: word }, index) => {
    const next = words[index + 1];
    return end <= text.length - unsettled && next?.start === end && /\p{Lo}/u.test(word + next.text);
  })?.end;
}

function ends(text: string, border: RegExp): number[] {
  return Array.from(text.matchAll(border), ({ 0: match, index }) => index + match.length);
}
