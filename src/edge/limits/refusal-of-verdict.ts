import { Refusal } from '../refusal.ts';
import type { Verdict } from './speech-limits.ts';

const refusals = {
  used: ['token_used', 'This token was used before: ask for a new one.'],
  budget: ['quota_exceeded', 'The budget of characters is spent.'],
  concurrency: ['too_many_requests', 'Too many requests at once: wait for one to end.'],
} as const;

/** What a page is told when the limits stand against its request. */
export function refusalOfVerdict({ reason, retryAfter }: Exclude<Verdict, { readonly admitted: true }>): Refusal {
  const [code, message] = refusals[reason];
  return new Refusal(code, message, { retryAfter });
}
