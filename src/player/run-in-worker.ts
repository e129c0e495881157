import { SpeechError } from '../core/speech-error.ts';
import type { JobHandles } from './serve-jobs.ts';
import type { JobCommand, JobFailure, JobMessage, JobReport } from './worker-messages.ts';

/**
 * Runs a job in a Worker to its end.
 *
 * @throws SpeechError when the job fails, TypeError when its request can't be right; the cause is what a function of the page
 *   threw, if that was it
 */
export async function runInWorker(worker: Worker, job: object, handles: JobHandles): Promise<void> {
  const { port: audio, onProgress, signal, ask } = handles;
  const { port1: control, port2 } = new MessageChannel();
  const command = (message: JobCommand): void => control.postMessage(message);
  signal.addEventListener('abort', () => command({ type: 'cancel' }), { once: true });
  let cause: unknown;
  const message: JobMessage = { job, audio, control: port2 };
  const ended = new Promise<JobFailure | undefined>((resolve) => {
    control.onmessage = async ({ data }: MessageEvent<JobReport>) => {
      if (data.type === 'progress') onProgress(data.progress);
      else if (data.type === 'done') resolve(data.failure);
      else {
        const { question } = data;
        const value = await ask(question).catch((error: unknown) => void (cause = error));
        // A framework's reactive object can't be cloned; what it holds can.
        command({ type: 'answer', question, value: typeof value === 'object' ? { ...value } : value });
      }
    };
  });
  try {
    worker.postMessage(message, [audio, port2]);
  } catch {
    const { withoutProxies } = await import('./without-proxies.ts');
    worker.postMessage({ ...message, job: withoutProxies(job) }, [audio, port2]);
  }
  const failure = await ended;
  control.close();
  if (typeof failure === 'object') {
    throw SpeechError.is(cause) ? cause : new SpeechError(failure.code, failure.message, { ...failure, cause });
  }
  if (failure !== undefined) throw new TypeError(failure);
}
