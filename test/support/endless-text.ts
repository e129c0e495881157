/** A text that is written for ever, the same sentence again and again. */
export async function* endlessText(sentence: string): AsyncGenerator<string, never, undefined> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve));
    yield sentence;
  }
}
