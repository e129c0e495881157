import type { CredentialOptions, Credentials } from './credentials.ts';

/** What credentials that never change are made from. */
export interface FixedCredentialOptions extends Pick<CredentialOptions, 'apiKey' | 'allowApiKeyInBrowser'> {
  readonly token?: string | undefined;
}

/**
 * Credentials that never change.
 *
 * @throws TypeError when there are two of them, when one cannot be sent, or when a page would show the API key.
 */
export function fixedCredentials({ apiKey, allowApiKeyInBrowser, token }: FixedCredentialOptions): Credentials {
  if (apiKey !== undefined && token !== undefined) throw new TypeError('Pass apiKey or token, not both.');
  if (apiKey !== undefined && !allowApiKeyInBrowser && isBrowser()) {
    throw new TypeError('A page must not hold apiKey: pass token.');
  }
  let header: readonly [string, string] | undefined;
  if (apiKey !== undefined) header = ['xi-api-key', sendable('apiKey', apiKey)];
  if (token !== undefined) header = ['authorization', bearer(token)];
  return { header: async () => header };
}

/**
 * The value of the header that carries a token.
 *
 * @throws TypeError when the token cannot be sent.
 */
export function bearer(token: string): string {
  return `Bearer ${sendable('token', token)}`;
}

// Checked here, because a runtime's own error for a bad header shows its value.
function sendable(name: string, value: unknown): string {
  if (typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)) return value;
  throw new TypeError(`${name} is empty or no header value: check it.`);
}

/** A page or a Worker of a page; servers have neither of the two, workerd included. */
function isBrowser(): boolean {
  return 'document' in globalThis || 'importScripts' in globalThis;
}
