import type { SpeechClientOptions } from '../core/client-options.ts';
import type { Credentials } from '../core/credentials.ts';
import { gatewayAddress, gatewayToken } from '../core/gateway-token.ts';
import { renewableCredentials } from '../core/renewable-credentials.ts';

/** Of gateways, by address and headers: a token serves the speeches that follow. */
const kept: Map<string, Credentials> = new Map<string, Credentials>();

/** What a speech asks for the token of a gateway: the last one that came, unless it is too old; another one when asked again. */
export function pageToken(
  token: URL,
  { headers, timeout, idleTimeout, fetch }: SpeechClientOptions,
): () => Promise<string> {
  const address = gatewayAddress(token);
  const fresh = renewableCredentials(() => gatewayToken(address, { headers, timeout, idleTimeout, fetch }));
  const key = JSON.stringify([address, headers]);
  // What a fetch of the page's own adds is not known.
  const credentials = fetch ? fresh : (kept.get(key) ?? fresh);
  if (!fetch) kept.set(key, credentials);
  let given: string | undefined;
  return async () => {
    if (given) credentials.refuse?.(given);
    [, given = ''] = (await credentials.header()) ?? [];
    return given.slice('Bearer '.length);
  };
}
