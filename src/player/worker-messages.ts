import type { ExpiringToken } from '../core/credentials.ts';
import type { SpeechErrorData } from '../core/speech-error.ts';
import type { FeedProgress } from './feed-audio.ts';
import type { SpeechJob } from './speech-job.ts';

/** What a speech Worker posts once it listens. */
export const workerReady = 'saylight-ready';

/** From the page to the Worker: a speech to fetch, and the two ports it talks over. */
export interface SpeakMessage {
  readonly job: SpeechJob;
  /** The feeder's end of the channel to the audio thread. */
  readonly audio: MessagePort;
  /** Carries {@link JobCommand} and {@link JobReport} of this speech; closed after its end. */
  readonly control: MessagePort;
  /** A token, or `true` when the page has a function that gives one. */
  readonly token: string | true | undefined;
}

/** From the page to a running job. */
export type JobCommand =
  | { readonly type: 'cancel' }
  /** The answer to `token`; `undefined` when the page's function failed. */
  | { readonly type: 'token'; readonly token: string | ExpiringToken | undefined };

/** How a job failed: a `SpeechError`, or the message of a `TypeError` for a request that can't be right. */
export type JobFailure = SpeechErrorData | string;

/** From a running job to the page. */
export type JobReport =
  | { readonly type: 'progress'; readonly progress: FeedProgress }
  | { readonly type: 'token' }
  | { readonly type: 'done'; readonly failure: JobFailure | undefined };
