import { Refusal } from '../refusal.ts';
import { limitsUnavailable } from './limits-unavailable.ts';
import type { RateLimiter } from './rate-limiter.ts';

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
  } catch (cause) {
    throw limitsUnavailable(cause);
  }
  if (!isAllowed) throw new Refusal('rate_limited', 'Too many requests: wait a moment.', { retryAfter: 10 });
}
