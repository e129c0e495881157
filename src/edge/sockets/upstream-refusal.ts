import { Refusal, type RefusalCode } from '../refusal.ts';

/** For a service that gave no answer. */
export function unreachable(): Refusal {
  return new Refusal('upstream_unreachable', 'The speech service was not reached: try again.');
}

const meanings: Readonly<Record<number, readonly [code: RefusalCode, message: string]>> = {
  400: ['invalid_request', 'The speech service refuses the request: check it.'],
  401: ['upstream_refused', 'The speech service refuses this gateway: its operator must look.'],
  403: ['upstream_refused', 'The speech service refuses this gateway: its operator must look.'],
  404: ['not_found', 'The speech service does not have this: check the ids.'],
  422: ['invalid_request', 'The speech service refuses the request: check it.'],
  429: ['too_many_requests', 'The speech service is busy: try again later.'],
};

/** What a page is told of a service that has answered a handshake with a status. */
export function refusalOfStatus(status: number, retryAfter?: number): Refusal {
  const [code, message] = meanings[status] ?? ['upstream_failed', 'The speech service failed: try again.'];
  return new Refusal(code, message, { retryAfter });
}
