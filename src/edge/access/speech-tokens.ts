import { errors, jwtVerify, SignJWT, type JWTHeaderParameters, type JWTVerifyOptions } from 'jose';
import { Refusal } from '../refusal.ts';
import type { SpeechGrants } from './speech-grants.ts';
import { claimsFromPayload, longestLifetimes, payloadFromClaims } from './token-claims.ts';
import { createTokenKeys } from './token-keys.ts';

/** How tokens are signed and checked. */
export interface SpeechTokenOptions {
  /**
   * Secrets by key id (`kid`), each of 32 bytes or more; text is taken as UTF-8. The first one signs, all of them are accepted:
   * to rotate, put a new one first and take the old one out when its last token has ended. Ids are up to 64 letters, digits,
   * `_`, `-` and `.`, not digits alone: objects sort numbers, whichever was put first.
   */
  readonly keys: Readonly<Record<string, string | Uint8Array>>;
  /** `iss` of the tokens. Default `saylight`. */
  readonly issuer?: string | undefined;
  /** `aud` of the tokens: one for each deployment, where several share a secret. Default `saylight`. */
  readonly audience?: string | undefined;
  /** Seconds that a token lasts, 3,600 at most. Default 300. */
  readonly lifetime?: number | undefined;
  /** Seconds that a single-use token lasts until it must be used, 300 at most. Default 60. */
  readonly singleUseLifetime?: number | undefined;
}

/** Whom a token is for and what it is good for. */
export interface SpeechTokenClaims {
  /** Who speaks; what budgets and concurrency count by. 1 to 256 characters, none of control. */
  readonly subject: string;
  /** Who shares cached speech. Default: the subject alone. */
  readonly tenant?: string | undefined;
  readonly grants: SpeechGrants;
  /** Whether it is good for one request or connection only. */
  readonly isSingleUse?: boolean | undefined;
  /** The version of the notice that the subject has accepted. */
  readonly disclosure?: string | undefined;
}

/** A token that was checked. */
export interface VerifiedToken extends SpeechTokenClaims {
  readonly isSingleUse: boolean;
  /** `jti`. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Makes and checks the gateway's tokens. */
export interface SpeechTokens {
  /**
   * A token of its own id, and when it ends in milliseconds since 1970.
   *
   * @throws TypeError for claims that can't be right; Refusal `invalid_request` for grants that don't fit into 4,096 characters
   */
  mint(claims: SpeechTokenClaims): Promise<{ readonly token: string; readonly expiresAt: number }>;
  /**
   * What a token says that was signed by one of the keys, for this issuer and audience, and has not ended.
   *
   * @throws Refusal `token_invalid` or `token_expired`
   */
  verify(token: string): Promise<VerifiedToken>;
}

const alg = 'HS256';
/** Explicit (RFC 8725, section 3.11), so that no other JWT that is signed with the same secret is good here. */
const typ = 'saylight+jwt';
const longestToken = 4096;
/** Tokens that need not be verified again. */
const mostRemembered = 500;
/** A compact JWS with an HS256 signature: 32 bytes, whose last character has two bits to spare, which must be 0. */
const compact = /^[\w-]+\.[\w-]+\.[\w-]{42}[AEIMQUYcgkosw048]$/;

/**
 * Tokens that are JWTs, signed with HS256, of the type `saylight+jwt`.
 *
 * @throws TypeError when a key or another option can't be used; it does not show the key.
 */
export function createSpeechTokens(options: SpeechTokenOptions): SpeechTokens {
  const issuer = checkedName('issuer', options.issuer ?? 'saylight');
  const audience = checkedName('audience', options.audience ?? 'saylight');
  const lifetime = checkedLifetime('lifetime', options.lifetime ?? 300, longestLifetimes.reusable);
  const singleUseLifetime = checkedLifetime(
    'singleUseLifetime',
    options.singleUseLifetime ?? 60,
    longestLifetimes.singleUse,
  );
  const keys = createTokenKeys(options.keys);
  const verifyOptions: JWTVerifyOptions = { algorithms: [alg], typ, issuer, audience };

  /** Tokens that were found good, whole: no limit rests on it, since a signature stays good and the end is looked at again. */
  const seen = new Map<string, VerifiedToken>();

  function remember(token: string, verified: VerifiedToken): void {
    const [oldest] = seen.keys();
    if (seen.size >= mostRemembered && oldest !== undefined) seen.delete(oldest);
    seen.set(token, verified);
  }

  return {
    mint: async (claims) => {
      const payload = payloadFromClaims(claims);
      const iat = Math.floor(Date.now() / 1000);
      const exp = iat + (claims.isSingleUse ? singleUseLifetime : lifetime);
      const token = await new SignJWT({ iss: issuer, aud: audience, ...payload, jti: crypto.randomUUID(), iat, exp })
        .setProtectedHeader({ alg, kid: keys.signing, typ })
        .sign(await keyOf({ alg, kid: keys.signing }));
      if (token.length > longestToken) {
        throw new Refusal('invalid_request', 'The grants do not fit into a token: ask for fewer voices.');
      }
      return { token, expiresAt: exp * 1000 };
    },
    verify: async (token) => {
      if (token.length > longestToken || !compact.test(token)) throw invalid();
      const known = seen.get(token);
      if (known && known.expiresAt > Date.now()) return known;
      const { payload } = await jwtVerify(token, keyOf, verifyOptions).catch(refuse);
      const verified = claimsFromPayload(payload, Date.now());
      if (!verified) throw invalid();
      if (!verified.isSingleUse) remember(token, verified);
      return verified;
    },
  };

  /** Asked by jose once `alg` is known to be the only one. A header with anything else in it, such as `crit`, is refused. */
  async function keyOf({ alg: _, kid, typ: __, ...rest }: JWTHeaderParameters): Promise<CryptoKey> {
    const key = typeof kid === 'string' && Object.keys(rest).length === 0 ? await keys.find(kid) : undefined;
    if (!key) throw invalid();
    return key;
  }
}

/** Without the cause: jose's errors hold the claims. */
function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired)
    throw new Refusal('token_expired', 'This token has ended: ask for a new one.');
  throw error instanceof errors.JOSEError ? invalid() : error;
}

function invalid(): Refusal {
  return new Refusal('token_invalid', 'This token is not valid: ask for a new one.');
}

function checkedName(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`${name} must be a string that is not empty.`);
}

function checkedLifetime(name: string, seconds: number, longest: number): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= longest) return seconds;
  throw new TypeError(`${name} must be a whole number of seconds from 1 to ${longest}.`);
}
