import { ServiceError } from './service-error.ts';

/** The body of a 500 that was asked for. */
export const brokenJson = '{"detail":{"type":"internal_error","mess';

const kinds: Readonly<Record<number, readonly [type: string, code: string]>> = {
  400: ['validation_error', 'invalid_parameters'],
  401: ['authentication_error', 'invalid_api_key'],
  402: ['payment_required', 'payment_required'],
  403: ['authorization_error', 'insufficient_permissions'],
  404: ['not_found', 'voice_not_found'],
  409: ['conflict', 'conflict'],
  429: ['rate_limit_error', 'concurrent_limit_exceeded'],
  503: ['internal_error', 'system_busy'],
};

/** An error of a status from 400 to 599, with the body that goes with it; `retryAfter` is in seconds. */
export function statusError(status: number, retryAfter?: number): ServiceError {
  const message = `The request asked to be answered with ${status}.`;
  if (status === 422) {
    return new ServiceError(status, [{ type: 'value_error', loc: ['body', 'text'], msg: message }], retryAfter);
  }
  const [type, code] =
    kinds[status] ??
    (status < 500 ? ['validation_error', 'invalid_request'] : ['internal_error', 'internal_server_error']);
  return new ServiceError(status, { type, code, message }, retryAfter);
}
