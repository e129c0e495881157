import type { Fetch } from '../core/client-options.ts';
import type { WebSocketClass } from '../core/web-socket-like.ts';
import type { SpeechGrants } from './access/speech-grants.ts';
import type { SpeechTokenOptions } from './access/speech-tokens.ts';
import type { SpeechCache } from './cache/speech-cache.ts';
import type { GatewayLogEntry } from './gateway-log.ts';
import type { RateLimiter } from './limits/rate-limiter.ts';
import type { SpeechLimits } from './limits/speech-limits.ts';
import type { AcceptSocket } from './sockets/accept-socket.ts';

/** Who asks for a token, as the app knows them. */
export interface Authorization {
  /** Who speaks; what budgets and concurrency count by, across tenants too. 1 to 256 characters. */
  readonly subject: string;
  /** Who shares cached speech, and nothing else. Default: the subject alone. */
  readonly tenant?: string | undefined;
  /** What they may have spoken, within the gateway's policy. Default: all that the policy allows. */
  readonly grants?: SpeechGrants | undefined;
  /** The version of the notice that they have accepted, where the app keeps that itself. */
  readonly disclosure?: string | undefined;
}

/**
 * Who asks for a token, by the app's own session; nothing for a stranger. It reads cookies or headers; the body is the
 * gateway's. What it throws is answered by 500.
 */
export type Authorize = (
  request: Request,
) => Authorization | undefined | null | Promise<Authorization | undefined | null>;

/** What this gateway allows at most, whatever a token grants. */
export interface SpeechPolicy extends SpeechGrants {
  /** Default 10,000; `Infinity` for no limit. */
  readonly charactersPerRequest?: number | undefined;
  /** Default 600; `Infinity` for no limit. A WebSocket without any limit is passed on natively. */
  readonly sessionSeconds?: number | undefined;
  /** Seconds of the window that `characterBudget` counts in; windows begin at multiples of it since 1970. Default a day. */
  readonly budgetSeconds?: number | undefined;
  /** Asks the service, in every call, to keep nothing, whatever the page says. */
  readonly zeroRetention?: boolean | undefined;
  /** The version of the notice that must have been accepted before anything is spoken. */
  readonly disclosure?: string | undefined;
}

/** What a gateway is made from. */
export interface SpeechGatewayOptions {
  /** The service's API key, from a secret of the deployment. */
  readonly apiKey: string;
  readonly authorize: Authorize;
  readonly tokens: SpeechTokenOptions;
  readonly policy?: SpeechPolicy | undefined;
  /** Where the gateway is mounted, such as `/speech`; requests outside are answered by 404. Default: the root. */
  readonly path?: string | undefined;
  /** The origins whose pages may ask, exactly, such as `https://app.example`. Default: the gateway's own. */
  readonly origins?: readonly string[] | undefined;
  /** Counts single use, budgets and concurrency. WebSockets need it, and so does every grant that counts. */
  readonly limits?: SpeechLimits | undefined;
  /** Asked first for every subject. */
  readonly rateLimit?: RateLimiter | undefined;
  /** Keeps lists of models and voices, and finished speech where `cacheSpeech` is set. */
  readonly cache?: SpeechCache | undefined;
  /** Seconds for which finished speech is kept and given to the same tenant again. Default: not at all. */
  readonly cacheSpeech?: number | undefined;
  /** Gets one entry a request. Default: a line of JSON to `console.log`; `false` for none. */
  readonly log?: ((entry: GatewayLogEntry) => void | Promise<void>) | false | undefined;
  /** The service. Default `regions.global`. */
  readonly serviceUrl?: string | undefined;
  /** Seconds until the service's reply must have begun. Default 30. */
  readonly upstreamTimeout?: number | undefined;
  /** Seconds of silence on both sides after which a WebSocket is closed. Default 190, above the service's longest. */
  readonly idleTimeout?: number | undefined;
  /** Bytes of a request's body at most. Default 262,144. */
  readonly bodyLimit?: number | undefined;
  /** Seconds until a request's body must be there. Default 10. */
  readonly bodyTimeout?: number | undefined;
  /** Used instead of the runtime's own. */
  readonly fetch?: Fetch | undefined;
  /** Opens sockets to the service where `fetch` can't; it must take headers, as the class of the package `ws` does. */
  readonly WebSocket?: WebSocketClass | undefined;
  /** Lets a page's socket in where the runtime has neither `WebSocketPair` nor `Deno.upgradeWebSocket`. */
  readonly acceptSocket?: AcceptSocket | undefined;
}
