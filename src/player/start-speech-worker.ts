import { SpeechError } from '../core/speech-error.ts';
import { workerReady } from './worker-messages.ts';

/**
 * Starts the speech Worker: from `workerUrl` when the page supplies one (and never from elsewhere then), else from the
 * file beside this module, else from the inline copy. `undefined` where no Worker can be had; speech then runs on the
 * page's thread.
 *
 * @throws SpeechError `unsupported` when `workerUrl` was given and does not load
 */
export async function startSpeechWorker(workerUrl?: string | URL): Promise<Worker | undefined> {
  if (workerUrl !== undefined) {
    const worker = await listening(() => new Worker(workerUrl, { type: 'module' }));
    if (worker !== undefined) return worker;
    throw new SpeechError('unsupported', `The speech Worker could not be loaded from workerUrl (${workerUrl}).`);
  }
  return (
    // Bundlers see a Worker here: they copy the file and rewrite the URL.
    (await listening(() => new Worker(new URL('./speech-worker.js', import.meta.url), { type: 'module' }))) ??
    (await inlineWorker())
  );
}

async function inlineWorker(): Promise<Worker | undefined> {
  const { source } = await import('virtual:speech-worker-source');
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    return await listening(() => new Worker(url, { type: 'module' }));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A script that is blocked or missing is told by an `error` event, or by a throw. */
async function listening(start: () => Worker): Promise<Worker | undefined> {
  let worker: Worker | undefined;
  try {
    const starting = (worker = start());
    const first = await new Promise<Event>((resolve) => {
      starting.onmessage = starting.onerror = resolve as (event: Event | string) => void;
    });
    if ((first as MessageEvent).data === workerReady) return worker;
  } catch {
    // Told below.
  }
  worker?.terminate();
  return undefined;
}
