import type { SpeechGrants } from './access/speech-grants.ts';
import type { VerifiedToken } from './access/speech-tokens.ts';
import type { Deadline } from './deadline.ts';
import type { GatewayLogEntry } from './gateway-log.ts';
import type { GatewaySettings } from './gateway-settings.ts';

/** One request to the gateway. */
export interface GatewayCall {
  readonly request: Request;
  readonly url: URL;
  readonly settings: GatewaySettings;
  /** What is known so far for the log. */
  readonly record: { -readonly [Field in keyof GatewayLogEntry]?: GatewayLogEntry[Field] };
  /** What the request waits for in turn. */
  readonly deadline: Deadline;
  /** Keeps the runtime at work until then. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** One whose token was checked; what it wants is not yet. */
export interface VerifiedCall extends GatewayCall {
  readonly token: VerifiedToken;
  /** What the token grants, within the policy. */
  readonly grants: SpeechGrants;
}

/** What the gateway answers. */
export interface GatewayReply {
  readonly response: Response;
  /** Resolves when the reply is over, if that is later than its beginning. */
  readonly ended?: Promise<GatewayLogEntry['outcome']>;
}
