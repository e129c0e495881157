import type { JWTPayload } from 'jose';
import { parseGrants } from './parse-grants.ts';
import type { SpeechTokenClaims, VerifiedToken } from './speech-tokens.ts';

/** The most seconds that a token of either kind may last, whoever made it. */
export const longestLifetimes = { reusable: 3600, singleUse: 300 } as const;

/** Seconds that another server's clock may be ahead. Ends are exact, so that a used token need not be known for longer. */
const clockTolerance = 5;

const known: ReadonlySet<string> = new Set(
  ['iss', 'aud', 'sub', 'jti', 'iat', 'nbf', 'exp'].concat('grants', 'tenant', 'once', 'disclosure'),
);

/**
 * The claims of a token, without those that jose sets.
 *
 * @throws TypeError when one is of the wrong type or size.
 */
export function payloadFromClaims(claims: SpeechTokenClaims): JWTPayload {
  const { subject, tenant, isSingleUse, disclosure } = claims;
  const payload = {
    sub: subject,
    grants: grantsOf(claims),
    ...(tenant === undefined ? {} : { tenant }),
    ...(isSingleUse ? { once: true } : {}),
    ...(disclosure === undefined ? {} : { disclosure }),
  };
  for (const name of ['subject', 'tenant', 'disclosure'] as const) {
    if (claims[name] === undefined && name !== 'subject') continue;
    if (!isName(claims[name])) throw new TypeError(`${name} must be a string of 1 to 256 characters, none of control.`);
  }
  return payload;
}

function grantsOf({ grants }: SpeechTokenClaims): SpeechTokenClaims['grants'] {
  try {
    return parseGrants(grants);
  } catch (cause) {
    throw new TypeError((cause as Error).message, { cause });
  }
}

/**
 * What a payload says whose signature, `iss`, `aud` and `exp` are in order; undefined when any of the rest is not: a
 * claim that is missing, unknown or of the wrong type.
 */
export function claimsFromPayload(payload: JWTPayload, now: number): VerifiedToken | undefined {
  const { sub, jti, iat, exp, ...rest } = payload;
  const { grants, tenant, once = false, disclosure } = rest as Readonly<Record<string, unknown>>;
  if (!Object.keys(payload).every((name) => known.has(name))) return undefined;
  if (typeof iat !== 'number' || typeof exp !== 'number' || typeof once !== 'boolean') return undefined;
  const lifetime = once ? longestLifetimes.singleUse : longestLifetimes.reusable;
  if (!(iat * 1000 <= now + clockTolerance * 1000 && exp > iat && exp - iat <= lifetime)) return undefined;
  if (!isName(sub) || !isName(jti)) return undefined;
  if (tenant !== undefined && !isName(tenant)) return undefined;
  if (disclosure !== undefined && !isName(disclosure)) return undefined;
  try {
    const claims = { subject: sub, tenant, grants: parseGrants(grants), isSingleUse: once, id: jti };
    return { ...claims, disclosure, expiresAt: exp * 1000 };
  } catch {
    return undefined;
  }
}

/** Whether it can be a key of budgets and caches: control characters and half surrogate pairs would make two of them one. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,256}$/u.test(value);
}
