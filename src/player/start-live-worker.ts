import { startWorker } from './start-worker.ts';

/** Starts the Worker for texts that are still being written. */
export function startLiveWorker(
  liveWorkerUrl: string | URL | undefined,
  signal: AbortSignal,
): Promise<Worker | undefined> {
  return startWorker(
    liveWorkerUrl,
    {
      // Bundlers see a Worker here: they copy the file and rewrite the URL.
      start: () => new Worker(new URL('./live-worker.js', import.meta.url), { type: 'module' }),
      loadSource: () => import('virtual:live-worker-source'),
      advice: '`liveWorkerUrl` must lead to `saylight/live-worker`',
    },
    signal,
  );
}
