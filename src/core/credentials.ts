import type { SpeechClientOptions } from './client-options.ts';
import { fixedCredentials } from './fixed-credentials.ts';
import { gatewayAddress, gatewayToken } from './gateway-token.ts';
import { renewableCredentials } from './renewable-credentials.ts';
import { tokenFromFunction } from './token-from-function.ts';

/** A token and, where the app knows it, the moment at which it ends (milliseconds, as `Date.now()` counts). */
export interface ExpiringToken {
  readonly token: string;
  readonly expiresAt?: number | undefined;
}

/**
 * A token, a function that gets one from the app's server whenever a new one is needed, or the address at which the app's
 * gateway gives them.
 */
export type TokenSource = string | (() => string | ExpiringToken | Promise<string | ExpiringToken>) | URL;

/** A single-use token, or a function that gets a fresh one from the app's server for every connection. */
export type SingleUseTokenSource = string | (() => string | Promise<string>);

/** Who asks: one way to prove it, or none (the app's own gateway, cookies). */
export interface CredentialOptions {
  /** The service's API key: for servers only. In a page it throws, unless `allowApiKeyInBrowser` is set. */
  readonly apiKey?: string | undefined;
  /** Lets a page hold the API key, where everyone who opens the page can read it. */
  readonly allowApiKeyInBrowser?: boolean | undefined;
  /**
   * Sent as `Authorization: Bearer`. A function is asked before the first request, shortly before its token ends (an
   * `exp` in a JWT is read) and once after a 401; calls at the same time share its answer.
   *
   * A URL is asked at the same times, by a `POST` with the page's cookies and with `headers`; it answers as
   * `createSpeechGateway` of `saylight/edge` does, `{ token, expiresAt }`. For every WebSocket it is asked for a single-use
   * token, which travels as a subprotocol, so never in an address or a message.
   */
  readonly token?: TokenSource | undefined;
  /**
   * For WebSockets, instead of the others, a `token` that is a URL included: the `single_use_token` of their address. A
   * function is asked at every connect; a string does for one connection only.
   */
  readonly singleUseToken?: SingleUseTokenSource | undefined;
  /**
   * Sends a `token` that is a string or from a function in the address of a WebSocket that can't have headers, where servers
   * log it. By default the first message holds it, as it holds the API key.
   */
  readonly tokenInQuery?: boolean | undefined;
}

/** Proves who asks, request by request. */
export interface Credentials {
  /** The header that proves it, as name and value; `undefined` where none is needed. */
  header(): Promise<readonly [string, string] | undefined>;
  /** A fresh token for one WebSocket, which travels as a subprotocol; absent where sockets are proved by the header's value. */
  readonly forSocket?: (signal: AbortSignal) => Promise<string>;
  /** Drops the value that was refused; absent where there is no better one. */
  readonly refuse?: (value: string) => void;
  /** Waits no more for an answer that does not come: the next request asks anew. */
  readonly giveUp?: () => void;
}

/**
 * The credentials that the options describe. Keys and tokens stay inside.
 *
 * @throws TypeError when there are two of them, when one cannot be sent, or when a page would show the API key.
 */
export function createCredentials({ token, ...options }: SpeechClientOptions): Credentials {
  if (typeof token !== 'function' && typeof token !== 'object') return fixedCredentials({ token, ...options });
  if (options.apiKey !== undefined) throw new TypeError('Pass apiKey or token, not both.');
  if (typeof token === 'function') return renewableCredentials(async () => withEnd(await tokenFromFunction(token)));
  const address = gatewayAddress(token);
  return {
    ...renewableCredentials(() => gatewayToken(address, options)),
    forSocket: async (signal) => (await gatewayToken(address, options, { singleUse: true, signal })).token,
  };
}

function withEnd({ token, expiresAt = jwtEnd(token) }: ExpiringToken): ExpiringToken {
  return { token, expiresAt };
}

/** When a JWT ends, in milliseconds; `Infinity` for tokens that are none or do not say. */
function jwtEnd(token: string): number {
  try {
    const payload = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/');
    const { exp } = JSON.parse(atob(payload ?? '')) as { exp?: unknown };
    if (typeof exp === 'number') return exp * 1000;
  } catch {
    // Not a JWT.
  }
  return Infinity;
}
