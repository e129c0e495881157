import type { ExpiringToken, TokenSource } from './credentials.ts';
import { bearer } from './fixed-credentials.ts';
import { SpeechError } from './speech-error.ts';

/**
 * What an app's function gives as a token.
 *
 * @throws SpeechError `unauthorized` when it fails, or gives none that can be sent
 */
export async function tokenFromFunction(ask: Exclude<TokenSource, string | URL>): Promise<ExpiringToken> {
  try {
    const given = await ask();
    const answer = typeof given === 'object' ? given : { token: given };
    bearer(answer.token);
    return answer;
  } catch (cause) {
    throw new SpeechError('unauthorized', 'The token function failed: see cause.', { cause });
  }
}
