import { bearer, fixedCredentials } from './fixed-credentials.ts';
import { SpeechError } from './speech-error.ts';

/** A token and, where the app knows it, the moment at which it ends (milliseconds, as `Date.now()` counts). */
export interface ExpiringToken {
  readonly token: string;
  readonly expiresAt?: number | undefined;
}

/** A token, or a function that gets one from the app's server whenever a new one is needed. */
export type TokenSource = string | (() => string | ExpiringToken | Promise<string | ExpiringToken>);

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
   */
  readonly token?: TokenSource | undefined;
  /**
   * For WebSockets, instead of the others: the `single_use_token` of their address. A function is asked at every connect; a
   * string does for one connection only.
   */
  readonly singleUseToken?: SingleUseTokenSource | undefined;
  /**
   * Sends `token` in the address of a WebSocket that can't have headers, where servers log it. By default the first message
   * holds it, as it holds the API key.
   */
  readonly tokenInQuery?: boolean | undefined;
}

/** Proves who asks, request by request. */
export interface Credentials {
  /** The header that proves it, as name and value; `undefined` where none is needed. */
  header(): Promise<readonly [string, string] | undefined>;
  /** Drops the value that was refused; absent where there is no better one. */
  readonly refuse?: (value: string) => void;
  /** Waits no more for an answer that does not come: the next request asks anew. */
  readonly giveUp?: () => void;
}

/** The longest time before its end at which a token is replaced, in milliseconds. */
const longestSkew = 30_000;

/**
 * The credentials that the options describe. Keys and tokens stay inside.
 *
 * @throws TypeError when there are two of them, when one cannot be sent, or when a page would show the API key.
 */
export function createCredentials({ token, ...options }: CredentialOptions): Credentials {
  if (typeof token !== 'function') return fixedCredentials({ token, ...options });
  if (options.apiKey !== undefined) throw new TypeError('Pass apiKey or token, not both.');
  return renewable(token);
}

function renewable(ask: Exclude<TokenSource, string>): Credentials {
  let value: string | undefined;
  let renewAt = 0;
  let asking: Promise<string> | undefined;

  function renew(): Promise<string> {
    const renewing: Promise<string> = answer().finally(() => {
      if (asking === renewing) asking = undefined;
    });
    return (asking = renewing);

    async function answer(): Promise<string> {
      try {
        // A call later, so that even an `ask` that throws at once ends after `asking` is set.
        const given = await Promise.resolve().then(ask);
        const { token, expiresAt } = typeof given === 'object' ? given : { token: given };
        const fresh = bearer(token);
        // An answer that nobody waits for any more is too old.
        if (asking !== renewing) return fresh;
        value = fresh;
        const end = expiresAt ?? jwtEnd(token);
        renewAt = end - Math.min(longestSkew, (end - Date.now()) / 5);
        return fresh;
      } catch (cause) {
        throw new SpeechError('unauthorized', 'The token function failed: see cause.', { cause });
      }
    }
  }

  return {
    header: async () => ['authorization', value && Date.now() < renewAt ? value : await (asking ?? renew())],
    refuse: (refused) => {
      if (value === refused) value = undefined;
    },
    giveUp: () => {
      asking = undefined;
    },
  };
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
