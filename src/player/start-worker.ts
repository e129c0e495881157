import { onAbort } from '../core/abortable.ts';
import { SpeechError } from '../core/speech-error.ts';
import { workerReady } from './worker-messages.ts';

/** How long a script may take to load before it is given up, in milliseconds. */
const loadTimeout = 10_000;

/** A script that is shipped as a file beside the player and as a string. */
export interface WorkerScript {
  /** Starts the file. Bundlers want to see the address in full, so it can't be passed. */
  start(): Worker;
  loadSource(): Promise<{ readonly source: string }>;
  /** Tells where an address of the page's must lead. */
  readonly advice: string;
}

/**
 * Starts a Worker: from `workerUrl` when the page supplies one (and never from elsewhere then), else from the file beside
 * the player, else from the inline copy. `undefined` where no Worker can be had. An abort of the signal ends it.
 *
 * @throws SpeechError `unsupported` when `workerUrl` was given and does not load
 */
export async function startWorker(
  workerUrl: string | URL | undefined,
  script: WorkerScript,
  signal: AbortSignal,
): Promise<Worker | undefined> {
  const open = (start: () => Worker): Promise<Worker | undefined> => listening(start, signal);
  if (workerUrl) {
    const worker = await open(() => new Worker(workerUrl, { type: 'module' }));
    if (worker) return worker;
    throw new SpeechError('unsupported', `The speech Worker did not load: ${script.advice}.`);
  }
  const worker = await open(() => script.start());
  if (worker) return worker;
  const { source } = await script.loadSource();
  const { withInlineScript } = await import('./inline-script.ts');
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
