import type { SpeechGatewayOptions } from '../../../src/edge/gateway-options.ts';

/** What its callers must know of it: times are in seconds. */
export const served = {
  origin: 'https://app.example',
  apiKey: 'sk_served',
  secret: 'another-secret-of-32-bytes-or-more!!',
  cookie: 'session=ada',
  bodyTimeout: 1,
  upstreamTimeout: 2,
  sessionSeconds: 2,
} as const;

/** The options of a gateway whose server is tested; this file runs in every runtime. */
export function servedOptions(serviceUrl: string): SpeechGatewayOptions {
  return {
    apiKey: served.apiKey,
    tokens: { keys: { first: served.secret } },
    authorize: ({ headers }) => (headers.get('cookie') === served.cookie ? { subject: 'ada' } : undefined),
    origins: [served.origin],
    serviceUrl,
    bodyTimeout: served.bodyTimeout,
    upstreamTimeout: served.upstreamTimeout,
    log: false,
  };
}
