import { errorFromResponse } from '../../core/error-from-response.ts';
import { openReplyBody } from '../../core/reply-body.ts';
import { replyInfo } from '../../core/reply.ts';
import type { SpeechError, SpeechErrorCode } from '../../core/speech-error.ts';
import type { UpstreamFailure } from '../gateway-log.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';

/** The longest time that the body of an error may take, in seconds. */
const longestErrorTime = 5;

const refusesGateway = [
  'upstream_refused',
  'The speech service refuses this gateway: its operator must look.',
] as const;
const tooSlow = ['upstream_timeout', 'The speech service did not answer in time: try again.'] as const;

const meanings: Readonly<Partial<Record<SpeechErrorCode, readonly [code: RefusalCode, message: string]>>> = {
  unauthorized: refusesGateway,
  forbidden: refusesGateway,
  'quota-exceeded': refusesGateway,
  'invalid-request': ['invalid_request', 'The speech service refuses the request: check it.'],
  'not-found': ['not_found', 'The speech service does not have this: check the ids.'],
  'rate-limited': ['too_many_requests', 'The speech service is busy: try again later.'],
  timeout: tooSlow,
};

/**
 * The error that the service's reply tells of. Closes the reply.
 *
 * @param controller Aborts the request.
 */
export function upstreamError(response: Response, controller: AbortController): Promise<SpeechError> {
  const { requestId } = replyInfo(response.headers);
  const body = openReplyBody(response, { idleTimeout: longestErrorTime, controller, release: () => {}, requestId });
  return errorFromResponse(response, body, longestErrorTime);
}

/** What a page is told of the service's error: never that it concerns the gateway's key. */
export function upstreamRefusal({ code, retryAfter, detail }: SpeechError): Refusal {
  const [name, message] = meanings[code] ?? ['upstream_failed', 'The speech service failed: try again.'];
  const [field] = detail?.fields ?? [];
  const isField = name === 'invalid_request' && field !== undefined;
  const told = isField ? `The speech service refuses ${field}: check the request.` : message;
  return new Refusal(name, told, { retryAfter });
}

/** What the log is told of the service's error. */
export function upstreamFailure({ status, detail, requestId }: SpeechError): UpstreamFailure {
  return { status, code: detail?.code, requestId };
}

/** For a service that gave no answer. */
export function upstreamUnreachable(cause?: unknown): Refusal {
  return new Refusal('upstream_unreachable', 'The speech service was not reached: try again.', { cause });
}

/** For a service that has not answered in time. */
export function upstreamTimeout(): Refusal {
  return new Refusal(...tooSlow);
}
