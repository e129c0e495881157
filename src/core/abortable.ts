/** Calls `abort` with the signal's reason once it aborts, at once if it has; gives the function that ends this. */
export function onAbort(signal: AbortSignal | undefined, abort: (reason: unknown) => void): () => void {
  const listener = (): void => abort(signal?.reason);
  signal?.addEventListener('abort', listener, { once: true });
  if (signal?.aborted) listener();
  return () => signal?.removeEventListener('abort', listener);
}

/** The result of `work`, unless `signal` aborts first: then the signal's reason, at once. */
export function abortable<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    void work.then(resolve, reject).finally(onAbort(signal, reject));
  });
}
