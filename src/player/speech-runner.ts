import type { ExpiringToken } from '../core/credentials.ts';
import { SpeechError } from '../core/speech-error.ts';
import type { SpeechJob, SpeechJobHandles } from './speech-job.ts';
import { startSpeechWorker } from './start-speech-worker.ts';
import type { JobCommand, JobFailure, JobReport, SpeakMessage } from './worker-messages.ts';

/** Runs speech jobs in the speech Worker, or on the page's thread where the Worker can't serve. */
export class SpeechRunner {
  readonly #workerUrl: string | URL | undefined;
  #worker: Promise<Worker | undefined> | undefined;

  constructor(workerUrl: string | URL | undefined) {
    this.#workerUrl = workerUrl;
  }

  /** The Worker, started by the first call; `undefined` where none can be had. */
  start(): Promise<Worker | undefined> {
    return (this.#worker ??= startSpeechWorker(this.#workerUrl));
  }

  /**
   * Runs `job` to its end. A custom `fetch` can't cross to the Worker, so such a job runs here.
   *
   * @throws SpeechError when the job fails, TypeError when the request can't be right
   */
  async run(job: SpeechJob, handles: SpeechJobHandles): Promise<void> {
    const worker = handles.fetch ? undefined : await this.start();
    handles.signal.throwIfAborted();
    if (worker !== undefined) return runInWorker(worker, job, handles);
    const { runSpeechJob } = await import('./speech-job.ts');
    return runSpeechJob(job, handles);
  }

  /** Ends the Worker. */
  async close(): Promise<void> {
    const worker = await this.#worker?.catch(() => undefined);
    worker?.terminate();
  }
}

async function runInWorker(worker: Worker, job: SpeechJob, handles: SpeechJobHandles): Promise<void> {
  const { port: audio, onProgress, signal, token } = handles;
  const { port1: control, port2 } = new MessageChannel();
  const command = (message: JobCommand): void => control.postMessage(message);
  signal.addEventListener('abort', () => command({ type: 'cancel' }), { once: true });
  let tokenFailure: unknown;
  const failure = await new Promise<JobFailure | undefined>((resolve) => {
    control.onmessage = async ({ data }: MessageEvent<JobReport>) => {
      if (data.type === 'progress') onProgress(data.progress);
      else if (data.type === 'done') resolve(data.failure);
      else command({ type: 'token', token: await ask(token).catch((error: unknown) => void (tokenFailure = error)) });
    };
    const message: SpeakMessage = { job, audio, control: port2, token: typeof token === 'function' || token };
    worker.postMessage(message, [audio, port2]);
  });
  control.close();
  if (typeof failure === 'object')
    throw Object.assign(SpeechError.from(failure), tokenFailure && { cause: tokenFailure });
  if (failure !== undefined) throw new TypeError(failure);
}

async function ask(token: SpeechJobHandles['token']): Promise<string | ExpiringToken | undefined> {
  return typeof token === 'function' ? token() : token;
}
