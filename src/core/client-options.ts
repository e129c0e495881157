import type { CredentialOptions } from './credentials.ts';
import type { RetryPolicy } from './retry-delay.ts';
import type { WebSocketClass } from './web-socket-like.ts';

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
  /** Used instead of the runtime's own; where it has none (Node 20), such as the class of the package `ws`. */
  readonly WebSocket?: WebSocketClass | undefined;
  /** Sent with every request, for an app's own gateway; with a WebSocket only where it can have headers, which a page's can't. */
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

/**
 * The headers as the platform's object.
 *
 * @throws TypeError when one cannot be sent; the platform's own error would show its value.
 */
export function resolveHeaders(headers: Readonly<Record<string, string>> = {}): Headers {
  try {
    return new Headers(headers);
  } catch {
    throw new TypeError('headers holds a name or value that cannot be sent.');
  }
}

/**
 * The base URL as an absolute one, without a slash at its end.
 *
 * @throws TypeError when it is not what it must be.
 */
export function resolveBaseUrl(baseUrl: string = globalRegion): string {
  try {
    // In a page, '/speech' is the page's own server.
    const { href } = new URL(baseUrl, (globalThis as { location?: { href: string } }).location?.href);
    if (/^https?:\/\/[^/@]+\/[^?#]*$/.test(href)) return href.replace(/\/+$/, '');
  } catch {
    // Told below.
  }
  throw new TypeError('baseUrl must be an http or https address without user name, query or fragment.');
}
