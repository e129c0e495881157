import type { SpeechClientOptions } from '../core/client-options.ts';
import { SpeechError } from '../core/speech-error.ts';
import type { FeedProgress } from './feed-audio.ts';
import {
  workerReady,
  type JobCommand,
  type JobFailure,
  type JobMessage,
  type JobQuestion,
  type JobReport,
} from './worker-messages.ts';

/** What a job needs besides itself, none of which can be cloned. */
export interface JobHandles extends Pick<SpeechClientOptions, 'fetch' | 'WebSocket'> {
  /** The feeder's end of the channel to the audio thread. */
  readonly port: MessagePort;
  readonly onProgress: (progress: FeedProgress) => void;
  readonly signal: AbortSignal;
  /** What the page answers; `undefined` when its function failed, or its text has ended. */
  readonly ask: (question: JobQuestion) => Promise<unknown>;
}

/** In a Worker: runs every job that the page posts. */
export function serveJobs(run: (job: never, handles: JobHandles) => Promise<void>): void {
  async function serve({ job, audio, control }: JobMessage): Promise<void> {
    const controller = new AbortController();
    const waiting = new Map<JobQuestion, (value: unknown) => void>();
    const report = (message: JobReport): void => control.postMessage(message);
    control.onmessage = ({ data }: MessageEvent<JobCommand>) => {
      if (data.type === 'cancel') controller.abort();
      else waiting.get(data.question)?.(data.value);
    };
    let failure: JobFailure | undefined;
    try {
      await run(job as never, {
        port: audio,
        onProgress: (progress) => report({ type: 'progress', progress }),
        signal: controller.signal,
        ask: (question) => {
          report({ type: 'ask', question });
          return new Promise((resolve) => waiting.set(question, resolve));
        },
      });
    } catch (error) {
      failure = SpeechError.is(error)
        ? { ...error.toJSON(), unspokenText: error.unspokenText }
        : (error as Error).message;
    }
    report({ type: 'done', failure });
  }

  addEventListener('message', ({ data }: MessageEvent<JobMessage>) => void serve(data));
  postMessage(workerReady);
}
