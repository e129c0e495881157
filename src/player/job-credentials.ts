import type { Credentials, ExpiringToken } from '../core/credentials.ts';
import { bearer, fixedCredentials, type FixedCredentialOptions } from '../core/fixed-credentials.ts';
import { SpeechError } from '../core/speech-error.ts';
import type { JobHandles } from './serve-jobs.ts';

/** How a job proves who asks; a token of `true` stands for the page's function. */
export interface JobCredentialOptions extends Omit<FixedCredentialOptions, 'token'> {
  readonly token: string | true | undefined;
}

/** The credentials of one job, which is over before they are: the page is asked once, and again when its token is refused. */
export function jobCredentials({ token, ...options }: JobCredentialOptions, ask: JobHandles['ask']): Credentials {
  if (token !== true) return fixedCredentials({ token, ...options });
  let value: string | undefined;
  return {
    async header() {
      try {
        if (!value) {
          const answer = (await ask('token')) as string | ExpiringToken;
          value = bearer(typeof answer === 'object' ? answer.token : answer);
        }
        return ['authorization', value];
      } catch (cause) {
        throw new SpeechError('unauthorized', 'The token function failed: see cause.', { cause });
      }
    },
    refuse() {
      value = undefined;
    },
  };
}
