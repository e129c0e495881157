import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { Authorize } from 'saylight/edge';

/** Whose JWTs are believed. */
export interface JwtOptions {
  /** Where the public keys are: the `jwks_uri` of the sign-in service. */
  readonly jwksUrl: string;
  /** `iss` of its tokens. */
  readonly issuer: string;
  /** `aud` of those that are for this app. */
  readonly audience: string;
  /** The cookie that holds the JWT, where no `Authorization: Bearer` does. */
  readonly cookie: string;
}

/**
 * Lets in who has a JWT of the app's sign-in service; its `sub` is who speaks.
 *
 * @throws TypeError without issuer or audience, since JWTs for other apps would be good here
 */
export function authorizeByJwt({ jwksUrl, issuer, audience, cookie }: JwtOptions): Authorize {
  if (issuer === '' || audience === '') throw new TypeError('Say whose JWTs are believed: set issuer and audience.');
  const keys = createRemoteJWKSet(new URL(jwksUrl));
  const options = {
    issuer,
    audience,
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    requiredClaims: ['exp', 'sub'],
  };
  return async ({ headers }) => {
    const jwt = bearer(headers) ?? cookieOf(headers, cookie);
    if (jwt === undefined) return undefined;
    try {
      const { payload } = await jwtVerify(jwt, keys, options);
      return payload.sub ? { subject: payload.sub } : undefined;
    } catch (error) {
      if (isRejected(error)) return undefined;
      throw error;
    }
  };
}

function bearer(headers: Headers): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
}

function cookieOf(headers: Headers, name: string): string | undefined {
  const cookies = (headers.get('cookie') ?? '').split(/; */);
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Errors of keys that can't be had; every other error of jose's is one of the JWT, which a stranger may have written. */
const keyErrors: ReadonlySet<string> = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID', 'ERR_JWKS_TIMEOUT']);

function isRejected(error: unknown): boolean {
  return error instanceof errors.JOSEError && !keyErrors.has(error.code);
}
