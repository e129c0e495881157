import { resolveBaseUrl, type Fetch } from '../core/client-options.ts';
import { parseGrants } from './access/parse-grants.ts';
import type { SpeechGrants } from './access/speech-grants.ts';
import { createSpeechTokens, type SpeechTokens } from './access/speech-tokens.ts';
import { memoryCache } from './cache/memory-cache.ts';
import type { SpeechCache } from './cache/speech-cache.ts';
import { logLine, type GatewayLogEntry } from './gateway-log.ts';
import type { Authorize, SpeechGatewayOptions } from './gateway-options.ts';
import type { RateLimiter } from './limits/rate-limiter.ts';
import type { SpeechLimits } from './limits/speech-limits.ts';
import type { SocketRuntime } from './sockets/socket-runtime.ts';

/** The gateway's options, checked and complete. */
export interface GatewaySettings {
  readonly authorize: Authorize;
  readonly tokens: SpeechTokens;
  /** What the policy grants at most. */
  readonly grants: SpeechGrants;
  readonly budgetSeconds: number;
  readonly zeroRetention: boolean;
  readonly disclosure: string | undefined;
  /** Without a slash at its end. */
  readonly path: string;
  readonly origins: ReadonlySet<string> | undefined;
  readonly limits: SpeechLimits | undefined;
  readonly rateLimit: RateLimiter | undefined;
  readonly cache: SpeechCache;
  readonly cacheSpeech: number | undefined;
  /** Absent where nobody wants to know. */
  readonly log: ((entry: GatewayLogEntry) => void | Promise<void>) | undefined;
  readonly service: ServiceSettings;
  readonly idleTimeout: number;
  readonly bodyLimit: number;
  readonly bodyTimeout: number;
}

/** How the speech service is reached. */
export interface ServiceSettings {
  /** Without a slash at its end. */
  readonly url: string;
  /** Whose replies these are, for the keys of a cache that others may share: the account and who gives the tokens. Secret. */
  readonly owner: () => readonly (string | undefined)[];
  /** The headers that go to the service: the key and nothing of the caller's. A new object at each call. */
  readonly headers: () => Headers;
  readonly fetch: Fetch;
  readonly sockets: SocketRuntime;
  /** Seconds. */
  readonly timeout: number;
}

/**
 * The options, checked and complete.
 *
 * @throws TypeError for what can't be right, without showing a secret
 */
export function gatewaySettings(options: SpeechGatewayOptions): GatewaySettings {
  const { apiKey, authorize, policy = {}, cacheSpeech, limits, log = logLine } = options;
  if (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new TypeError('apiKey is empty or no header value: pass the key of the speech service.');
  }
  if (typeof authorize !== 'function') throw new TypeError('Pass authorize: it tells who may have a token.');
  const { budgetSeconds = 86_400, zeroRetention = false, disclosure, ...granted } = policy;
  const { upstreamTimeout = 30, idleTimeout = 190, bodyLimit = 262_144, bodyTimeout = 10 } = options;
  for (const [name, value] of Object.entries({ budgetSeconds, upstreamTimeout, idleTimeout, bodyLimit, bodyTimeout })) {
    if (!(value > 0 && value < Infinity)) throw new TypeError(`${name} must be a number above 0.`);
  }
  if (cacheSpeech !== undefined && !(cacheSpeech > 0 && options.cache)) {
    throw new TypeError('cacheSpeech is a number of seconds and needs a cache: pass both or neither.');
  }
  if (cacheSpeech !== undefined && zeroRetention) {
    throw new TypeError('cacheSpeech contradicts zeroRetention: leave one out.');
  }
  const grants = policyGrants(granted);
  if (!limits && (grants.characterBudget ?? grants.concurrency) !== undefined) {
    throw new TypeError('The policy counts characters or requests: pass limits, which count them.');
  }
  const { fetch: ownFetch, WebSocket, acceptSocket: accept } = options;
  return {
    authorize,
    tokens: createSpeechTokens(options.tokens),
    grants,
    budgetSeconds,
    zeroRetention,
    disclosure,
    path: mountPath(options.path),
    origins: options.origins && new Set(options.origins.map(exactOrigin)),
    limits,
    rateLimit: options.rateLimit,
    cache: options.cache ?? memoryCache(),
    cacheSpeech,
    log: log || undefined,
    service: {
      url: resolveBaseUrl(options.serviceUrl),
      owner: () => [apiKey, options.tokens.issuer, options.tokens.audience],
      // `identity`: a compressed stream is held back until it fills a block.
      headers: () => new Headers({ 'xi-api-key': apiKey, 'accept-encoding': 'identity' }),
      fetch: ownFetch ?? ((url, init) => fetch(url, init)),
      sockets: { fetch: ownFetch, WebSocket, accept },
      timeout: upstreamTimeout,
    },
    idleTimeout,
    bodyLimit,
    bodyTimeout,
  };
}

function policyGrants({ charactersPerRequest = 10_000, sessionSeconds = 600, ...others }: SpeechGrants): SpeechGrants {
  const finite = Object.entries({ charactersPerRequest, sessionSeconds, ...others }).filter(
    ([, value]) => value !== undefined && value !== Infinity,
  );
  try {
    return parseGrants(Object.fromEntries(finite));
  } catch (error) {
    throw new TypeError((error as Error).message.replace(/^grants/, 'policy'), { cause: error });
  }
}

function mountPath(path = ''): string {
  const plain = path.replace(/\/+$/, '');
  if (!/^(?:\/[\w.~-]+)*$/.test(plain)) throw new TypeError('path must be a plain path, such as /speech.');
  return plain;
}

function exactOrigin(origin: string): string {
  if (URL.canParse(origin) && new URL(origin).origin === origin) return origin;
  throw new TypeError('origins must be exact origins, such as https://app.example.');
}
