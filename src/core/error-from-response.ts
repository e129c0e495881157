import { errorFromReply } from './error-from-reply.ts';
import { readText, type ReplyBody } from './reply-body.ts';
import { replyInfo } from './reply.ts';
import { parseRetryAfter } from './retry-delay.ts';
import { SpeechError } from './speech-error.ts';
import { startTimer } from './wait.ts';

const longestErrorBody = 65_536;
/** The longest time that the body of an error may take, in seconds. */
export const longestErrorBodyTime = 10;

/**
 * The error that a response tells of, whatever its body is. Closes the body.
 *
 * @param seconds The longest time that the body may take.
 */
export async function errorFromResponse(response: Response, body: ReplyBody, seconds: number): Promise<SpeechError> {
  const { status, headers } = response;
  const { requestId } = replyInfo(headers);
  // A browser shows a redirect that was not followed as status 0.
  if (status < 400) {
    body.cancel();
    const message = 'A redirect is refused: set baseUrl to its target.';
    return new SpeechError('protocol', message, { status: status || undefined, requestId });
  }
  const retryAfter = parseRetryAfter(headers.get('retry-after'), Date.now());
  return errorFromReply({ status, body: await readErrorBody(body, seconds), requestId, retryAfter });
}

/** The JSON of the body, or `undefined` when it is something else, too long, or does not come. */
async function readErrorBody(body: ReplyBody, seconds: number): Promise<unknown> {
  const stopTimer = startTimer(seconds, body.cancel);
  try {
    return JSON.parse(await readText(body, longestErrorBody)) as unknown;
  } catch {
    return undefined;
  } finally {
    stopTimer();
    body.cancel();
  }
}
