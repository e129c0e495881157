import type { ExpiringToken } from '../core/credentials.ts';
import { SpeechError } from '../core/speech-error.ts';
import { runSpeechJob } from './speech-job.ts';
import { workerReady, type JobCommand, type JobFailure, type JobReport, type SpeakMessage } from './worker-messages.ts';

async function speak({ job, audio, control, token }: SpeakMessage): Promise<void> {
  const controller = new AbortController();
  const report = (message: JobReport): void => control.postMessage(message);
  let answerToken: ((command: string | ExpiringToken | undefined) => void) | undefined;
  control.onmessage = ({ data }: MessageEvent<JobCommand>) => {
    if (data.type === 'cancel') controller.abort();
    else answerToken?.(data.token);
  };
  const askToken = async (): Promise<string | ExpiringToken> => {
    report({ type: 'token' });
    const answer = await new Promise<string | ExpiringToken | undefined>((resolve) => (answerToken = resolve));
    if (answer === undefined) throw new TypeError('The token function of the page failed.');
    return answer;
  };
  let failure: JobFailure | undefined;
  try {
    await runSpeechJob(job, {
      port: audio,
      onProgress: (progress) => report({ type: 'progress', progress }),
      signal: controller.signal,
      token: typeof token === 'string' ? token : token ? askToken : undefined,
    });
  } catch (error) {
    failure = SpeechError.is(error) ? error.toJSON() : (error as Error).message;
  }
  report({ type: 'done', failure });
}

addEventListener('message', ({ data }: MessageEvent<SpeakMessage>) => void speak(data));
postMessage(workerReady);
