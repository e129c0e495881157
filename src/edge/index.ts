// The gateway.
export { createSpeechGateway, type GatewayContext, type SpeechGateway } from './speech-gateway.ts';
export type { Authorization, Authorize, SpeechGatewayOptions, SpeechPolicy } from './gateway-options.ts';
export { speechOperations, type SpeechGrants, type SpeechOperation } from './access/speech-grants.ts';
export type { GatewayLogEntry, UpstreamFailure } from './gateway-log.ts';
export type { RefusalCode } from './refusal.ts';
export type { AcceptedSocket, AcceptSocket, PageSocket } from './sockets/accept-socket.ts';

// Tokens, for those who mint them elsewhere.
export {
  createSpeechTokens,
  type SpeechTokenClaims,
  type SpeechTokenOptions,
  type SpeechTokens,
  type VerifiedToken,
} from './access/speech-tokens.ts';

// What counts, as interfaces and on Cloudflare's engines.
export type { Admission, SpeechLimits, Verdict } from './limits/speech-limits.ts';
export type { RateLimiter } from './limits/rate-limiter.ts';
export type { SpeechCache } from './cache/speech-cache.ts';
export { durableLimits, type DurableLimitsOptions, type DurableNamespace } from './limits/durable-limits.ts';
export { SpeechLimitsObject, type DurableState } from './limits/speech-limits-object.ts';
export { rateLimitBinding, type RateLimitBinding } from './limits/rate-limit-binding.ts';
export { cacheApi, type CacheApiOptions, type ReplyStore } from './cache/cache-api.ts';
export { memoryLimitsForTests } from './limits/memory-limits-for-tests.ts';
