import { SpeechError } from '../core/speech-error.ts';
import { withInlineScript } from './inline-script.ts';
import { workerReady } from './worker-messages.ts';

/**
 * Starts the speech Worker: from `workerUrl` when the page supplies one (and never from elsewhere then), else from the
 * file beside this module, else from the inline copy. `undefined` where no Worker can be had; speech then runs on the
 * page's thread.
 *
 * @throws SpeechError `unsupported` when `workerUrl` was given and does not load
 */
export async function startSpeechWorker(workerUrl?: string | URL): Promise<Worker | undefined> {
  if (workerUrl) {
    const worker = await listening(() => new Worker(workerUrl, { type: 'module' }));
    if (worker) return worker;
    throw new SpeechError('unsupported', 'The speech Worker did not load: `workerUrl` must lead to `saylight/worker`.');
  }
  // Bundlers see a Worker here: they copy the file and rewrite the URL.
  const worker = await listening(() => new Worker(new URL('./speech-worker.js', import.meta.url), { type: 'module' }));
  if (worker) return worker;
  const { source } = await import('virtual:speech-worker-source');
  return withInlineScript(source, (url) => listening(() => new Worker(url, { type: 'module' })));
}

/** The Worker once it listens. A script that is blocked or missing is told by an `error` event, or by a throw. */
async function listening(start: () => Worker): Promise<Worker | undefined> {
  try {
    const worker = start();
    const first = await new Promise<Event | string>((resolve) => {
      worker.onmessage = worker.onerror = resolve;
    });
    if ((first as MessageEvent).data === workerReady) return worker;
    worker.terminate();
  } catch {
    // The same as an `error` event.
  }
  return undefined;
}
