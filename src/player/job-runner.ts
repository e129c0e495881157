import type { ExpiringToken } from '../core/credentials.ts';
import { SpeechError } from '../core/speech-error.ts';
import type { SpeechJob, SpeechJobHandles } from './speech-job.ts';
import { startSpeechWorker } from './start-speech-worker.ts';
import type { JobCommand, JobFailure, JobReport, SpeakMessage } from './worker-messages.ts';

/** Runs speech jobs in the speech Worker, or on the page's thread where the Worker can't serve. */
export class SpeechRunner {
  readonly #workerUrl: string | URL | undefined;
  readonly #closed = new AbortController();
  #worker: Promise<Worker | undefined> | undefined;

  constructor(workerUrl: string | URL | undefined) {
    this.#workerUrl = workerUrl;
  }

  /** The Worker, started by the first call; `undefined` where none can be had. */
  start(): Promise<Worker | undefined> {
    if (!this.#worker) {
      this.#worker = startSpeechWorker(this.#workerUrl, this.#closed.signal);
      // The next job tries again.
      this.#worker.catch(() => (this.#worker = undefined));
    }
    return this.#worker;
  }

  /**
   * Runs `job` to its end. A custom `fetch` can't cross to the Worker, so such a job runs here.
   *
   * @throws SpeechError when the job fails, TypeError when the request can't be right
   */
  async run(job: SpeechJob, handles: SpeechJobHandles): Promise<void> {
    const worker = handles.fetch ? undefined : await this.start();
    handles.signal.throwIfAborted();
    if (worker) return runInWorker(worker, job, handles);
    const { runSpeechJob } = await import('./speech-job.ts');
    return runSpeechJob(job, handles);
  }

  /** Ends the Worker, be it still on its way. */
  close(): void {
    this.#closed.abort();
  }
}

async function runInWorker(worker: Worker, job: SpeechJob, handles: SpeechJobHandles): Promise<void> {
  const { port: audio, onProgress, signal, token } = handles;
  const { port1: control, port2 } = new MessageChannel();
  const command = (message: JobCommand): void => control.postMessage(message);
  signal.addEventListener('abort', () => command({ type: 'cancel' }), { once: true });
  let tokenFailure: unknown;
  const answerToken = async (): Promise<void> => {
    const answer = await ask(token).catch((error: unknown) => void (tokenFailure = error));
    command({ type: 'token', token: answer });
  };
  const failure = await new Promise<JobFailure | undefined>((resolve) => {
    control.onmessage = ({ data }: MessageEvent<JobReport>) => {
      if (data.type === 'progress') onProgress(data.progress);
      else if (data.type === 'done') resolve(data.failure);
      else void answerToken();
    };
    const message: SpeakMessage = { job, audio, control: port2, token: typeof token === 'function' || token };
    try {
      worker.postMessage(message, [audio, port2]);
    } catch {
      worker.postMessage({ ...message, job: withoutProxies(job) }, [audio, port2]);
    }
  });
  control.close();
  if (typeof failure === 'object')
    throw Object.assign(SpeechError.from(failure), tokenFailure && { cause: tokenFailure });
  if (failure !== undefined) throw new TypeError(failure);
}

/** A framework's reactive object can't be cloned; what it holds can. JSON does not know the number Infinity. */
function withoutProxies(job: SpeechJob): SpeechJob {
  const { timeout, idleTimeout } = job;
  return { ...(JSON.parse(JSON.stringify(job)) as SpeechJob), timeout, idleTimeout };
}

/** What the page's token function answers, as it can be cloned. */
async function ask(token: SpeechJobHandles['token']): Promise<string | ExpiringToken | undefined> {
  const answer = typeof token === 'function' ? await token() : token;
  return typeof answer === 'object' ? { token: answer.token, expiresAt: answer.expiresAt } : answer;
}
