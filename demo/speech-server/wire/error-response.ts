import { ServiceError, serviceErrors } from './service-error.ts';

/** The HTTP response that an error becomes. */
export interface ErrorResponse {
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
}

/** The service's error shapes; what isn't one is an internal error, reported on stderr. */
export function errorResponse(error: unknown, requestId: string): ErrorResponse {
  const isKnown = error instanceof ServiceError;
  if (!isKnown) process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  const known = isKnown ? error : serviceErrors.internal();
  return {
    status: known.status,
    body: known.body(requestId),
    headers: {
      'x-trace-id': requestId,
      'x-region': 'local',
      ...(known.retryAfter === undefined ? {} : { 'retry-after': String(known.retryAfter) }),
    },
  };
}
