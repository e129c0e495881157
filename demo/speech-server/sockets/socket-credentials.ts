import type { IncomingHttpHeaders } from 'node:http';
import { hasCredentials } from '../routes/authenticate.ts';
import type { SingleUseTokens } from '../routes/single-use-tokens.ts';
import { ServiceError } from '../wire/service-error.ts';

/**
 * Whether a handshake carries credentials: a header, `authorization` or `single_use_token` in the query, which is used up. None
 * is no error yet: the first message may carry them. Throws if they are refused.
 */
export function handshakeCredentials(
  headers: IncomingHttpHeaders,
  query: URLSearchParams,
  tokens: SingleUseTokens,
): boolean {
  const token = query.get('single_use_token');
  if (token !== null && !tokens.consume(token, 'tts_websocket')) throw tokenNotValid();
  const apiKey = headers['xi-api-key'];
  const key = Array.isArray(apiKey) ? apiKey[0] : apiKey;
  const inHeaders = hasCredentials(key, headers.authorization);
  return hasCredentials(undefined, asBearer(query.get('authorization'))) || inHeaders || token !== null;
}

/** Whether a first message carries credentials. Throws if they are refused. */
export function messageCredentials(apiKey: string | undefined, authorization: string | undefined): boolean {
  return hasCredentials(apiKey, asBearer(authorization));
}

/** Outside of a header the token may stand alone. */
function asBearer(authorization: string | null | undefined): string | undefined {
  const text = authorization?.trim() ?? '';
  if (text === '') return undefined;
  return /^Bearer\s/i.test(text) ? text : `Bearer ${text}`;
}

function tokenNotValid(): ServiceError {
  return new ServiceError(401, {
    type: 'authentication_error',
    code: 'invalid_single_use_token',
    message: 'The single-use token is not known, was used already or is too old. Make another one.',
  });
}
