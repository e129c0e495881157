const hmac = { name: 'HMAC', hash: 'SHA-256' };
const shortestSecret = 32;

/** The keys that tokens are signed with. It shows no secret, however it is printed. */
export interface TokenKeys {
  /** The `kid` of the key that signs. */
  readonly signing: string;
  /** The key of a `kid`; undefined when there is none. */
  find(kid: string): Promise<CryptoKey | undefined>;
}

/**
 * Secrets as keys for HS256; each is imported once, when it is first needed.
 *
 * @throws TypeError when there is none, a secret is shorter than 32 bytes, or a key id can't be used.
 */
export function createTokenKeys(secrets: Readonly<Record<string, string | Uint8Array>>): TokenKeys {
  const bytes = new Map(Object.entries(secrets).map(([kid, secret]) => [checkedId(kid), secretBytes(secret)]));
  const [signing] = bytes.keys();
  if (signing === undefined) throw new TypeError('keys is empty: give it one secret at least.');
  const imported = new Map<string, CryptoKey>();
  return {
    signing,
    find: async (kid) => {
      const known = imported.get(kid);
      const secret = bytes.get(kid);
      if (known || !secret) return known;
      // What is kept is the key, not its promise: in workerd a promise belongs to the request that made it.
      const key = await crypto.subtle.importKey('raw', secret, hmac, false, ['sign', 'verify']);
      imported.set(kid, key);
      return key;
    },
  };
}

function checkedId(kid: string): string {
  if (!/^[\w.-]{1,64}$/.test(kid)) {
    throw new TypeError('A key id in keys can not be used: take 1 to 64 letters, digits, "_", "-" and ".".');
  }
  if (/^\d+$/.test(kid)) {
    throw new TypeError('A key id in keys is a number, and objects sort those: add a letter, as the first key signs.');
  }
  return kid;
}

function secretBytes(secret: unknown): Uint8Array<ArrayBuffer> {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : copyOf(secret);
  if (bytes.length < shortestSecret) {
    throw new TypeError(`A secret in keys is shorter than ${shortestSecret} bytes: take random ones.`);
  }
  return bytes;
}

function copyOf(secret: unknown): Uint8Array<ArrayBuffer> {
  if (secret instanceof Uint8Array) return new Uint8Array(secret);
  throw new TypeError('A secret in keys is neither text nor a Uint8Array.');
}
