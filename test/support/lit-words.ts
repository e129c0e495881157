import type { Page } from 'playwright';

/** Notes, frame by frame, the words that are lit in `page`; gives the function that tells them. */
export async function recordLitWords(page: Page): Promise<() => Promise<string[]>> {
  const recorded = await page.evaluateHandle(() => {
    const lit: string[] = [];
    const look = (): void => {
      const [range] = (CSS.highlights.get('saylight-word') ?? []) as Iterable<Range>;
      const word = range?.toString();
      if (word !== undefined && word !== lit.at(-1)) lit.push(word);
      requestAnimationFrame(look);
    };
    look();
    return lit;
  });
  return () => recorded.jsonValue();
}

/** The words of `lit` that `words` does not hold in that order. A busy machine drops frames, so words may be missing. */
export function outOfOrder(lit: readonly string[], words: readonly string[]): string[] {
  let from = 0;
  return lit.filter((word) => {
    const at = words.indexOf(word, from);
    if (at >= 0) from = at + 1;
    return at < 0;
  });
}
