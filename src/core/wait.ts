import { abortable } from './abortable.ts';

const longestTimer = 2 ** 31 - 1;

/** Calls `callback` after some seconds, which may be `Infinity`; gives the function that prevents it. */
export function startTimer(seconds: number, callback: () => void): () => void {
  // Timers hold 32 bits of milliseconds; a longer one would fire at once.
  if (seconds * 1000 > longestTimer) return () => {};
  const timer = setTimeout(callback, seconds * 1000);
  return () => clearTimeout(timer);
}

/** Resolves after some seconds, or rejects with the signal's reason as soon as it aborts. */
export async function wait(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  let stopTimer: (() => void) | undefined;
  try {
    await abortable(signal, new Promise<void>((resolve) => (stopTimer = startTimer(seconds, resolve))));
  } finally {
    stopTimer?.();
  }
}
