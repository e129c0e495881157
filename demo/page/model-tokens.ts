/** Letters of a longer word come in pieces of so many. */
const longestPiece = 6;
/** In milliseconds: 25 tokens a second on average. */
const meanDelay = 40;
const shortestDelay = 8;

/** A text in the pieces in which a language model writes it: words with the space before them, parts of long ones, marks. */
export function tokenize(text: string): string[] {
  const words = text.match(/\s*(?:['’]\p{L}{1,2}(?!\p{L})|\p{L}+|\p{N}{1,3}|[^\s\p{L}\p{N}]+|$)/gu) ?? [];
  return words.flatMap((word) => (word.length > longestPiece + 3 ? parts(word) : word)).filter((token) => token !== '');
}

/** Writes `tokens` at a model's uneven pace, each by `write`; resolves after the last one, or when the signal aborts. */
export async function replay(
  tokens: readonly string[],
  write: (token: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const token of tokens) {
    // Waits of a process without memory: many short ones, now and then a long one.
    const delay = shortestDelay - (meanDelay - shortestDelay) * Math.log(1 - Math.random());
    await new Promise((resolve) => setTimeout(resolve, delay));
    if (signal.aborted) return;
    write(token);
  }
}

function parts(word: string): string[] {
  const [first = '', ...rest] = word.match(new RegExp(`\\s*.{1,${longestPiece}}`, 'gsu')) ?? [];
  return [first, ...rest];
}
