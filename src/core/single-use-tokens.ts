import type { CallOptions, Transport } from './http-transport.ts';
import { pathSegment } from './path-segment.ts';
import { readJson } from './reply.ts';

/** What a single-use token is good for; the service may know more. */
export type SingleUseTokenType =
  | 'realtime_scribe'
  | 'batch_scribe'
  | 'tts_websocket'
  | 'ttd_websocket'
  // Keeps the known ones in sight of an editor.
  | (string & Record<never, never>);

/** A token for one connection; it ends after 15 minutes. */
export interface SingleUseToken {
  readonly token: string;
}

/** A token that a page can open one connection with. Asked for by a server, which holds the API key. */
export async function createSingleUseToken(
  transport: Transport,
  type: SingleUseTokenType,
  options?: CallOptions,
): Promise<SingleUseToken> {
  const path = `/v1/single-use-token/${pathSegment('type', type)}`;
  const reply = await transport.send({ method: 'POST', path }, options);
  return readJson<SingleUseToken>(reply, ({ token }) => typeof token === 'string' && token !== '');
}
