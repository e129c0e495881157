/** A text that one side writes piece by piece while the other one reads it. */
export interface TextStream extends AsyncIterable<string> {
  write(piece: string): void;
  /** No more follows; a second call does nothing. */
  end(): void;
}

/** An empty text that can be written to. */
export function createTextStream(): TextStream {
  const pieces: string[] = [];
  let isEnded = false;
  let wake: (() => void) | undefined;

  return {
    write(piece) {
      pieces.push(piece);
      wake?.();
    },
    end() {
      isEnded = true;
      wake?.();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (pieces.length > 0) yield pieces.shift() as string;
        if (isEnded) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
