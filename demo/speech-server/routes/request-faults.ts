import type { MiddlewareHandler } from 'hono';
import { connectionOf } from '../wire/connection.ts';
import { FaultCounter, parseFaults } from '../wire/faults.ts';
import { serviceErrors } from '../wire/service-error.ts';
import { brokenJson, statusError } from '../wire/status-error.ts';
import { wait } from '../wire/wait.ts';
import type { SpeechEnv } from './speech-env.ts';

/** Reads a request's faults, and lets those happen that come before the response's headers. */
export function requestFaults(): MiddlewareHandler<SpeechEnv> {
  const counter = new FaultCounter();
  return async (context, next) => {
    const faults = counter.limit(parseFaults(new URL(context.req.url).searchParams, context.req.raw.headers));
    context.set('faults', faults);
    if (faults.delay) await wait(faults.delay, connectionOf(context.env.outgoing).signal);
    if (faults.status === 500) {
      return context.body(brokenJson, 500, {
        'content-type': 'application/json',
        ...(faults.retry_after === undefined ? {} : { 'retry-after': String(faults.retry_after) }),
      });
    }
    if (faults.status) throw statusError(faults.status, faults.retry_after);
    if (faults.quota) throw serviceErrors.quotaExceeded();
    await next();
    return undefined;
  };
}
