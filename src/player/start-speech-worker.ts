import { onAbort } from '../core/abortable.ts';
import { SpeechError } from '../core/speech-error.ts';
import { withInlineScript } from './inline-script.ts';
import { workerReady } from './worker-messages.ts';

/** How long a script may take to load before it is given up, in milliseconds. */
const loadTimeout = 10_000;

/**
 * Starts the speech Worker: from `workerUrl` when the page supplies one (and never from elsewhere then), else from the
 * file beside this module, else from the inline copy. `undefined` where no Worker can be had; speech then runs on the
 * page's thread.
 *
 * @throws SpeechError `unsupported` when `workerUrl` was given and does not load
 */
export async function startSpeechWorker(
  workerUrl: string | URL | undefined,
  signal: AbortSignal,
): Promise<Worker | undefined> {
  const open = (start: () => Worker): Promise<Worker | undefined> => listening(start, signal);
  if (workerUrl) {
    const worker = await open(() => new Worker(workerUrl, { type: 'module' }));
    if (worker) return worker;
    throw new SpeechError('unsupported', 'The speech Worker did not load: `workerUrl` must lead to `saylight/worker`.');
  }
  // Bundlers see a Worker here: they copy the file and rewrite the URL.
  const worker = await open(() => new Worker(new URL('./speech-worker.js', import.meta.url), { type: 'module' }));
  if (worker) return worker;
  const { source } = await import('virtual:speech-worker-source');
  return withInlineScript(source, (url) => open(() => new Worker(url, { type: 'module' })));
}

/**
 * The Worker once it listens. A script that is blocked or missing is told by an `error` event, or by a throw; one that
 * hangs, or is another script, by nothing. An abort ends the Worker, then and later.
 */
async function listening(start: () => Worker, signal: AbortSignal): Promise<Worker | undefined> {
  try {
    const worker = start();
    onAbort(signal, () => worker.terminate());
    const first = await new Promise<unknown>((resolve) => {
      worker.onmessage = worker.onerror = resolve;
      setTimeout(resolve, loadTimeout);
      onAbort(signal, resolve);
    });
    if ((first as Partial<MessageEvent> | undefined)?.data === workerReady) return worker;
    worker.terminate();
  } catch {
    // The same as an `error` event.
  }
  return undefined;
}
