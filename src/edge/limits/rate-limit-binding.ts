import type { RateLimiter } from './speech-limits.ts';

/** Cloudflare's binding for rate limits (`ratelimits` in a Worker's configuration, which sets the limit and its period). */
export interface RateLimitBinding {
  limit(options: { readonly key: string }): Promise<{ readonly success: boolean }>;
}

/** A first gate that counts in Cloudflare's own binding: for each location by itself, and loosely. */
export function rateLimitBinding(binding: RateLimitBinding): RateLimiter {
  return {
    async allow(key) {
      const { success } = await binding.limit({ key });
      return success;
    },
  };
}
