/** A cheap first gate, which may count loosely. */
export interface RateLimiter {
  /** Whether one more request of this key is allowed now. */
  allow(key: string): Promise<boolean>;
}
