/** A model's reply, as it would come from its maker: the tokens come in their own time, whether or not they are awaited. */
export class TokenReplay implements AsyncIterable<string> {
  /** When the first token is there, on the clock of `performance.now()`. */
  readonly startedAt: number = performance.now();
  readonly #tokens: readonly string[];
  readonly #interval: number;

  /** @param rate - in tokens per second */
  constructor(text: string, rate: number) {
    this.#tokens = tokensOf(text);
    this.#interval = 1000 / rate;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (const [index, token] of this.#tokens.entries()) {
      const left = this.startedAt + index * this.#interval - performance.now();
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
      yield token;
    }
  }
}

/** Pieces like those of a model: a space goes with the word after it, long words are divided, marks stand alone. */
function tokensOf(text: string): string[] {
  return text.match(/\s?[\p{L}\p{N}'’]{1,7}|\s|[^\s\p{L}\p{N}'’]/gu) ?? [];
}
