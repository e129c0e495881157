import { abortable } from './abortable.ts';

/** The values of `source` until `signal` aborts; a source that is silent then is left behind, and told to return. */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await abortable(signal, iterator.next());
      isOver = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    if (!isOver) void leaveIterator(iterator);
  }
}

/** Tells an iterator that nothing more is wanted of it. Not to be awaited: one that waits itself returns only after that. */
export async function leaveIterator(iterator: AsyncIterator<unknown> | undefined): Promise<void> {
  try {
    await iterator?.return?.();
  } catch {
    // Who left does not want to know.
  }
}
