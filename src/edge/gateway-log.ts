import type { SpeechOperation } from './access/speech-grants.ts';
import type { BodyEnd } from './http/pass-body.ts';
import type { RefusalCode } from './refusal.ts';
import { sha256 } from './sha256.ts';

/** What is told of one request: counts and names, never text, tokens, keys or queries. */
export interface GatewayLogEntry {
  readonly event: 'speech-gateway';
  /** What was asked for; `none` for what is no route. */
  readonly route: SpeechOperation | 'token' | 'health' | 'preflight' | 'none';
  /** The first 16 hexadecimal digits of the SHA-256 of the subject. */
  readonly subject: string | undefined;
  /** `jti` of the token. */
  readonly token: string | undefined;
  /** Of the reply; 101 for a WebSocket. */
  readonly status: number;
  /** Why it was refused. */
  readonly code: RefusalCode | undefined;
  /** How it ended: refused before it began, or as its body did. */
  readonly outcome: BodyEnd | 'refused';
  /** Code points of the text that was sent on. */
  readonly characters: number | undefined;
  /** Of the reply: where the service told the length, and of a counted WebSocket. What is streamed passes uncounted. */
  readonly bytes: number | undefined;
  /** Whole milliseconds until the end. */
  readonly ms: number;
  /** Whether the speech came from the cache. */
  readonly cached: boolean | undefined;
  /** The name of the error behind a refusal that is nobody’s fault here, such as `TimeoutError`. */
  readonly cause: string | undefined;
  /** What the service said of an error. */
  readonly upstream: UpstreamFailure | undefined;
}

/** What the service said of an error, as far as it quotes nothing. */
export interface UpstreamFailure {
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
}

/** Prints an entry as a line of JSON. */
export function logLine(entry: GatewayLogEntry): void {
  // The log of a gateway is its console: what its runtime collects.
  // oxlint-disable-next-line no-console
  console.log(JSON.stringify(entry));
}

/** A subject as it stands in the log: the same for the same subject, and nobody's address. */
export async function subjectDigest(subject: string): Promise<string> {
  return (await sha256(subject)).slice(0, 16);
}
