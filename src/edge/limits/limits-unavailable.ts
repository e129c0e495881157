import { Refusal } from '../refusal.ts';

/** What a page is told when nobody can count: nobody passes then. */
export function limitsUnavailable(cause: unknown): Refusal {
  return new Refusal('limits_unavailable', 'Limits can’t be counted now: try again.', { retryAfter: 1, cause });
}
