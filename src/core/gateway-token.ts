import type { SpeechClientOptions } from './client-options.ts';
import type { ExpiringToken } from './credentials.ts';
import { createTransportWith } from './http-transport.ts';
import { readJson } from './reply.ts';
import { SpeechError } from './speech-error.ts';

/** How the address is asked. */
export type GatewayTokenOptions = Pick<SpeechClientOptions, 'fetch' | 'headers' | 'timeout' | 'idleTimeout'>;

/** What a token is asked for. */
export interface GatewayTokenRequest {
  /** Whether it is for one connection only. */
  readonly singleUse?: true | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The address at which a gateway gives tokens.
 *
 * @throws TypeError when it can't be one; the platform's own error would show a password in it
 */
export function gatewayAddress(url: { readonly href?: string } | null): string {
  const href = url?.href ?? '';
  if (/^https?:\/\/[^/@]+\//.test(href)) return href;
  throw new TypeError('token must be a string, a function, or an http or https URL without user name.');
}

/**
 * A token from a gateway: `POST` to its address, with the cookies by which the app's server knows who asks.
 *
 * @throws SpeechError when there is none
 */
export async function gatewayToken(
  address: string,
  options: GatewayTokenOptions,
  { singleUse, signal }: GatewayTokenRequest = {},
): Promise<ExpiringToken> {
  const transport = createTransportWith(
    { header: async () => undefined },
    {
      ...options,
      // Who needs the token tries again.
      retry: false,
      // The address goes as it is: a base URL has no query, and no slash at its end.
      fetch: (_url, init) => (options.fetch ?? fetch)(address, { ...init, credentials: 'include' }),
    },
  );
  try {
    const reply = await transport.send({ method: 'POST', path: '', body: { singleUse } }, { signal });
    return await readJson<ExpiringToken>(reply, isToken);
  } catch (error) {
    if (!SpeechError.is(error)) throw error;
    throw new SpeechError(error.code, `No token came from its address. ${error.message}`, error);
  }
}

/** Whether it can stand in a header and in the name of a subprotocol. */
function isToken({ token, expiresAt = 0 }: ExpiringToken): boolean {
  return typeof token === 'string' && /^[\w.~-]+$/.test(token) && Number.isFinite(expiresAt);
}
