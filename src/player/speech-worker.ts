import type { ExpiringToken } from '../core/credentials.ts';
import { SpeechError } from '../core/speech-error.ts';
import { runSpeechJob } from './speech-job.ts';
import { workerReady, type JobCommand, type JobFailure, type JobReport, type SpeakMessage } from './worker-messages.ts';

async function speak({ job, audio, control, token }: SpeakMessage): Promise<void> {
  const controller = new AbortController();
  const report = (message: JobReport): void => control.postMessage(message);
  let answerToken: ((answer: string | ExpiringToken) => void) | undefined;
  control.onmessage = ({ data }: MessageEvent<JobCommand>) => {
    if (data.type === 'cancel') controller.abort();
    // Without an answer the page's function has failed: that is no token, which is refused where it is used.
    else answerToken?.(data.token as string | ExpiringToken);
  };
  const askToken = (): Promise<string | ExpiringToken> => {
    report({ type: 'token' });
    return new Promise((resolve) => (answerToken = resolve));
  };
  let failure: JobFailure | undefined;
  try {
    await runSpeechJob(job, {
      port: audio,
      onProgress: (progress) => report({ type: 'progress', progress }),
      signal: controller.signal,
      token: token === true ? askToken : token,
    });
  } catch (error) {
    failure = SpeechError.is(error) ? error.toJSON() : (error as Error).message;
  }
  report({ type: 'done', failure });
}

addEventListener('message', ({ data }: MessageEvent<SpeakMessage>) => void speak(data));
postMessage(workerReady);
