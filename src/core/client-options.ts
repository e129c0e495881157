import { createCredentials, type CredentialOptions, type Credentials } from './credentials.ts';
import type { RetryPolicy } from './retry-delay.ts';

const globalRegion = 'https://api.elevenlabs.io';

/** Base URLs of the service, by region. */
export const regions: Readonly<Record<'global' | 'us' | 'eu' | 'in' | 'sg', string>> = {
  global: globalRegion,
  us: 'https://api.us.elevenlabs.io',
  eu: 'https://api.eu.residency.elevenlabs.io',
  in: 'https://api.in.residency.elevenlabs.io',
  sg: 'https://api.sg.residency.elevenlabs.io',
};

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How a client reaches the service. */
export interface SpeechClientOptions extends CredentialOptions {
  /** Where the service is, or the app's own gateway; a path is kept. Default `regions.global`. */
  readonly baseUrl?: string | undefined;
  /** Used instead of the runtime's own. */
  readonly fetch?: Fetch | undefined;
  /** Sent with every request, for an app's own gateway. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Seconds until a reply's headers must be there; `Infinity` for no limit. Default 30. */
  readonly timeout?: number | undefined;
  /** Seconds that a reader waits for the next byte of a reply; `Infinity` for no limit. Default 30. */
  readonly idleTimeout?: number | undefined;
  /** How 408, 429, 5xx and network failures are retried, never once a reply has begun. Default 3 attempts, 0.5 s to 8 s. */
  readonly retry?: Partial<RetryPolicy> | false | undefined;
  /** Asks the service, in every speech call, to keep nothing. */
  readonly zeroRetention?: boolean | undefined;
}

/** Client options with every default in its place. */
export interface ResolvedClientOptions {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly fetch: Fetch;
  readonly headers: Headers;
  readonly timeout: number;
  readonly idleTimeout: number;
  readonly retry: RetryPolicy;
  readonly zeroRetention: boolean;
}

/**
 * The options with every default in its place.
 *
 * @throws TypeError when an option is not what it says it must be.
 */
export function resolveClientOptions(options: SpeechClientOptions): ResolvedClientOptions {
  const retry = options.retry === false ? { attempts: 1 } : options.retry;
  return {
    baseUrl: resolveBaseUrl(options.baseUrl ?? globalRegion),
    credentials: createCredentials(options),
    // Looked up at each call, not now, and called without a `this`, as `fetch` demands.
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    headers: resolveHeaders(options.headers),
    timeout: options.timeout ?? 30,
    idleTimeout: options.idleTimeout ?? 30,
    retry: { attempts: retry?.attempts ?? 3, minDelay: retry?.minDelay ?? 0.5, maxDelay: retry?.maxDelay ?? 8 },
    zeroRetention: options.zeroRetention ?? false,
  };
}

/** The headers as the platform's object; its own error would show their values. */
export function resolveHeaders(headers: Readonly<Record<string, string>> = {}): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw new TypeError('headers holds a name or value that cannot be sent.');
  }
}

function resolveBaseUrl(baseUrl: string): string {
  try {
    // In a page, '/speech' is the page's own server.
    const { href } = new URL(baseUrl, (globalThis as { location?: { href: string } }).location?.href);
    if (/^https?:\/\/[^/@]+\/[^?#]*$/.test(href)) return href.replace(/\/+$/, '');
  } catch {
    // Told below.
  }
  throw new TypeError('baseUrl must be an http or https address without user name, query or fragment.');
}
