import type { Authorize } from 'saylight/edge';

/**
 * FOR THE DEMO ONLY: LETS EVERYBODY IN, at the cost of whoever holds the key, and says so in the log. All of them are one
 * subject, so that they share one budget. An app tells its own users apart: see `authorizeByJwt`.
 */
export function authorizeEverybody(): Authorize {
  let isTold = false;
  return () => {
    // oxlint-disable-next-line no-console
    if (!isTold) console.warn('THIS GATEWAY LETS EVERYBODY SPEAK. Set JWKS_URL, or write an authorize of your own.');
    isTold = true;
    return { subject: 'everybody' };
  };
}
