import type { SpeechError } from './speech-error.ts';

/** How failed requests are sent again; all times in seconds. */
export interface RetryPolicy {
  /** How often a request is sent at most, the first time included. */
  readonly attempts: number;
  /** The longest wait before the second attempt; it doubles from then on. */
  readonly minDelay: number;
  /** The longest wait before any attempt, unless the service asks for a certain one. */
  readonly maxDelay: number;
}

/** The longest wait that the service may ask for, in seconds; beyond it the caller gets the error. */
const longestRetryAfter = 60;

/**
 * The seconds to wait before a request is sent again, or `undefined` when the error is final.
 *
 * @param attempt How often the request was sent already.
 * @param random A number from 0 to 1: the whole delay is jitter, so that clients that failed together do not return
 * together.
 */
export function retryDelay(
  error: SpeechError,
  attempt: number,
  { attempts = 3, minDelay = 0.5, maxDelay = 8 }: Partial<RetryPolicy>,
  random: number,
): number | undefined {
  if (attempt >= attempts || !isTemporary(error)) return undefined;
  if (error.retryAfter !== undefined) return error.retryAfter > longestRetryAfter ? undefined : error.retryAfter;
  return random * Math.min(maxDelay, minDelay * 2 ** (attempt - 1));
}

function isTemporary({ code, status }: SpeechError): boolean {
  // A timeout of this side's own is not tried again: the service may be at work, and it bills.
  return code === 'network' || code === 'rate-limited' || code === 'server' || status === 408;
}

/** The seconds that a Retry-After header asks for, given as a number or a date; `undefined` when it says nothing. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  if (!value) return undefined;
  const number = Number(value);
  const seconds = Number.isNaN(number) ? (Date.parse(value) - now) / 1000 : number;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
