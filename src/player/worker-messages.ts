import type { SpeechErrorData } from '../core/speech-error.ts';
import type { FeedProgress } from './feed-audio.ts';

/** What a Worker posts once it listens. */
export const workerReady = 'saylight-ready';

/** What a job asks the page for: a value that only the page's own functions give. */
export type JobQuestion = 'token' | 'singleUseToken' | 'text';

/** From the page to the Worker: a job, and the two ports it talks over. */
export interface JobMessage {
  readonly job: object;
  /** The feeder's end of the channel to the audio thread. */
  readonly audio: MessagePort;
  /** Carries {@link JobCommand} and {@link JobReport} of this job; closed after its end. */
  readonly control: MessagePort;
}

/** From the page to a running job. */
export type JobCommand =
  | { readonly type: 'cancel' }
  /** `undefined` when the page's function failed, or its text has ended. */
  | { readonly type: 'answer'; readonly question: JobQuestion; readonly value: unknown };

/** How a job failed: a `SpeechError` and what of it no log shows, or the message of a `TypeError` for a bad request. */
export type JobFailure = string | (SpeechErrorData & { readonly unspokenText: string | undefined });

/** From a running job to the page. */
export type JobReport =
  | { readonly type: 'progress'; readonly progress: FeedProgress }
  | { readonly type: 'ask'; readonly question: JobQuestion }
  | { readonly type: 'done'; readonly failure: JobFailure | undefined };
