import { startWorker } from './start-worker.ts';

/** Starts the Worker for texts that are whole. */
export function startSpeechWorker(
  workerUrl: string | URL | undefined,
  signal: AbortSignal,
): Promise<Worker | undefined> {
  return startWorker(
    workerUrl,
    {
      // Bundlers see a Worker here: they copy the file and rewrite the URL.
      start: () => new Worker(new URL('./speech-worker.js', import.meta.url), { type: 'module' }),
      loadSource: () => import('virtual:speech-worker-source'),
      advice: '`workerUrl` must lead to `saylight/worker`',
    },
    signal,
  );
}
