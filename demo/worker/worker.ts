import { cacheApi, createSpeechGateway, durableLimits, rateLimitBinding, type SpeechGateway } from 'saylight/edge';
import { authorizeByJwt, type JwtOptions } from './authorize-by-jwt.ts';
import { authorizeEverybody } from './authorize-everybody.ts';
import type { Env } from './env.ts';

// The class of the Durable Objects, which wrangler.jsonc names.
export { SpeechLimitsObject } from 'saylight/edge';

const gateway: SpeechGateway<Env> = createSpeechGateway((env: Env) => ({
  apiKey: env.ELEVENLABS_API_KEY,
  serviceUrl: env.ELEVENLABS_BASE_URL,
  path: '/speech',
  origins: env.ORIGINS === '' ? undefined : env.ORIGINS.split(/, */),
  authorize: env.JWKS_URL === '' ? authorizeEverybody() : authorizeByJwt(jwtOptions(env)),
  tokens: { keys: { 'key-1': env.TOKEN_SECRET } },
  policy: {
    charactersPerRequest: 5_000,
    // Of a subject, in a day.
    characterBudget: 100_000,
    concurrency: 8,
    sessionSeconds: 600,
  },
  limits: durableLimits(env.SPEECH_LIMITS),
  rateLimit: rateLimitBinding(env.RATE_LIMIT),
  cache: cacheApi(caches.default),
}));

function jwtOptions(env: Env): JwtOptions {
  const { JWKS_URL: jwksUrl, JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_COOKIE: cookie } = env;
  return { jwksUrl, issuer, audience, cookie };
}

// A Worker's handler is its default export.
// oxlint-disable-next-line import/no-default-export
export default gateway;
