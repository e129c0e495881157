import type { RateLimiter } from './rate-limiter.ts';

/** Cloudflare's binding for rate limits (`ratelimits` in a Worker's configuration, which sets the limit and its period). */
export interface RateLimitBinding {
  limit(options: { readonly key: string }): Promise<{ readonly success: boolean }>;
}

/** A first gate that counts in Cloudflare's own binding: for each location by itself, and loosely. @throws TypeError where it is missing */
export function rateLimitBinding(binding: RateLimitBinding): RateLimiter {
  if (typeof binding?.limit !== 'function')
    throw new TypeError('There is no such binding for rate limits: configure it.');
  return {
    async allow(key) {
      const { success } = await binding.limit({ key });
      return success;
    },
  };
}
