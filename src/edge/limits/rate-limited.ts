import { Refusal } from '../refusal.ts';
import type { RateLimiter } from './speech-limits.ts';

/**
 * Passes the first gate.
 *
 * @throws Refusal when the subject asks too often, or nobody can tell
 */
export async function rateLimited(limiter: RateLimiter | undefined, subject: string): Promise<void> {
  if (!limiter) return;
  let isAllowed: boolean;
  try {
    isAllowed = await limiter.allow(subject);
  } catch {
    throw new Refusal('limits_unavailable', 'Limits can’t be counted now: try again.', { retryAfter: 1 });
  }
  if (!isAllowed) throw new Refusal('rate_limited', 'Too many requests: wait a moment.', { retryAfter: 10 });
}
