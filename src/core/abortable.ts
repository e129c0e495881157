/** The result of `work`, unless `signal` aborts first: then the signal's reason, at once. */
export function abortable<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    void work.then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort));
  });
}

/** Makes `controller` abort when `signal` does, with the same reason; gives the function that ends this. */
export function followSignal(controller: AbortController, signal: AbortSignal | undefined): () => void {
  const abort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  return () => signal?.removeEventListener('abort', abort);
}
