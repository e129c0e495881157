import { onAbort } from '../../core/abortable.ts';
import { errorFromResponse } from '../../core/error-from-response.ts';
import { openReplyBody } from '../../core/reply-body.ts';
import { replyInfo } from '../../core/reply.ts';
import type { SpeechError } from '../../core/speech-error.ts';
import { startTimer } from '../../core/wait.ts';
import type { UpstreamFailure } from '../gateway-log.ts';
import type { ServiceSettings } from '../gateway-settings.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';

/** What goes to the service. */
export interface ServiceRequest {
  readonly method: 'GET' | 'POST';
  /** Out of the route table. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** JSON. */
  readonly body?: string | undefined;
}

/** Ends a request to the service, while it is on its way and while its reply comes. */
export interface ServiceCall {
  readonly controller: AbortController;
  /** The caller's own signal. */
  readonly signal: AbortSignal | undefined;
  /** Is told what the service said of an error. */
  readonly onFailure: (failure: UpstreamFailure) => void;
}

/** The longest time that the body of an error may take, in seconds. */
const longestErrorTime = 5;

/**
 * The address of a call at the service.
 *
 * @throws Error when the path would leave its place, which no route lets it do
 */
export function serviceAddress(
  { url }: ServiceSettings,
  { path, query }: Pick<ServiceRequest, 'path' | 'query'>,
): string {
  const base = new URL(url);
  const address = new URL(url + path);
  if (address.origin !== base.origin || !address.pathname.endsWith(path)) throw new Error('A path leaves its place.');
  address.search = query.toString();
  return address.href;
}

/**
 * The service's reply, once it has begun and is a good one.
 *
 * @throws Refusal for anything else, and the signal's reason once the caller has left
 */
export async function askService(
  service: ServiceSettings,
  request: ServiceRequest,
  { controller, signal, onFailure }: ServiceCall,
): Promise<Response> {
  const headers = service.headers();
  if (request.body !== undefined) headers.set('content-type', 'application/json');
  const unfollow = onAbort(signal, (reason) => controller.abort(reason));
  const stopTimer = startTimer(service.timeout, () => {
    controller.abort(new Refusal('upstream_timeout', 'The speech service did not answer in time: try again.'));
  });
  let response: Response;
  try {
    response = await service.fetch(serviceAddress(service, request), {
      method: request.method,
      headers,
      // The key would follow a redirect.
      redirect: 'manual',
      signal: controller.signal,
      body: request.body ?? null,
    });
  } catch {
    controller.signal.throwIfAborted();
    throw new Refusal('upstream_unreachable', 'The speech service was not reached: try again.');
  } finally {
    stopTimer();
    unfollow();
  }
  if (response.ok) return response;
  const { requestId } = replyInfo(response.headers);
  const reply = openReplyBody(response, { idleTimeout: longestErrorTime, controller, release: () => {}, requestId });
  const error = await errorFromResponse(response, reply, longestErrorTime);
  onFailure({ status: error.status, code: error.detail?.code, requestId: error.requestId });
  throw refusalOf(error);
}

/** What a page is told of the service's error: never that it concerns the gateway's key. */
function refusalOf({ code, retryAfter, detail }: SpeechError): Refusal {
  const [name, message] = meanings[code] ?? ['upstream_failed', 'The speech service failed: try again.'];
  const [field] = detail?.fields ?? [];
  const isField = name === 'invalid_request' && field !== undefined;
  return new Refusal(name, isField ? `The speech service refuses ${field}: check the request.` : message, {
    retryAfter,
  });
}

const meanings: Readonly<Record<string, readonly [code: RefusalCode, message: string]>> = {
  unauthorized: ['upstream_refused', 'The speech service refuses this gateway: its operator must look.'],
  forbidden: ['upstream_refused', 'The speech service refuses this gateway: its operator must look.'],
  'quota-exceeded': ['upstream_refused', 'The speech service refuses this gateway: its operator must look.'],
  'invalid-request': ['invalid_request', 'The speech service refuses the request: check it.'],
  'not-found': ['not_found', 'The speech service does not have this: check the ids.'],
  'rate-limited': ['too_many_requests', 'The speech service is busy: try again later.'],
  timeout: ['upstream_timeout', 'The speech service did not answer in time: try again.'],
};
