import type { DurableNamespace, RateLimitBinding } from 'saylight/edge';

/** What the Worker is given: the secrets and, by wrangler.jsonc, the rest. */
export interface Env {
  /** A secret: the service's key. A deployment's should be good for speech only, and have a limit of its own. */
  readonly ELEVENLABS_API_KEY: string;
  /** A secret of 32 bytes or more, which tokens are signed with. */
  readonly TOKEN_SECRET: string;
  readonly ELEVENLABS_BASE_URL: string;
  /** Comma separated. */
  readonly ORIGINS: string;
  /** Empty for none. */
  readonly JWKS_URL: string;
  readonly JWT_ISSUER: string;
  readonly JWT_AUDIENCE: string;
  readonly JWT_COOKIE: string;
  readonly SPEECH_LIMITS: DurableNamespace;
  readonly RATE_LIMIT: RateLimitBinding;
}

declare global {
  interface CacheStorage {
    /** The cache of this Worker, which workerd has beside those that are opened by name. */
    readonly default: Cache;
  }
}
