import { abortable } from '../core/abortable.ts';
import { runInWorker } from './run-in-worker.ts';
import type { JobHandles } from './serve-jobs.ts';

/** Runs a job to its end, on whichever thread this is called. */
export type RunJob<Job> = (job: Job, handles: JobHandles) => Promise<void>;

/** Runs jobs in a Worker, or on the page's thread where the Worker can't serve. */
export class JobRunner<Job extends object> {
  readonly #startWorker: () => Promise<Worker | undefined>;
  readonly #loadJob: () => Promise<RunJob<Job>>;
  readonly #closed: AbortSignal;
  #worker: Promise<Worker | undefined> | undefined;

  /**
   * @param startWorker - gives `undefined` where none can be had
   * @param loadJob - what runs a job on this thread
   * @param closed - ends the Worker
   */
  constructor(
    startWorker: () => Promise<Worker | undefined>,
    loadJob: () => Promise<RunJob<Job>>,
    closed: AbortSignal,
  ) {
    this.#startWorker = startWorker;
    this.#loadJob = loadJob;
    this.#closed = closed;
  }

  /** The Worker, started by the first call; `undefined` where none can be had. */
  start(): Promise<Worker | undefined> {
    if (!this.#worker) {
      this.#worker = this.#startWorker();
      // The next job tries again.
      this.#worker.catch(() => (this.#worker = undefined));
    }
    return this.#worker;
  }

  /**
   * Runs `job` to its end. A `fetch` or `WebSocket` of the page's own can't cross to the Worker, so such a job runs here.
   *
   * @throws SpeechError when the job fails, TypeError when the request can't be right
   */
  async run(job: Job, handles: JobHandles): Promise<void> {
    const { fetch, WebSocket, signal } = handles;
    const worker = fetch || WebSocket ? undefined : await abortable(signal, this.start());
    signal.throwIfAborted();
    if (!worker) return (await this.#loadJob())(job, handles);
    // A Worker that is ended tells nobody.
    return abortable(this.#closed, runInWorker(worker, job, handles));
  }
}
