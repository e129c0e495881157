import {
  createSpeechGateway,
  durableLimits,
  type SpeechGateway,
  type SpeechGatewayOptions,
  type SpeechPolicy,
} from '../../src/edge/index.ts';

export { SpeechLimitsObject } from '../../src/edge/index.ts';

interface Env {
  readonly SERVICE_URL: string;
  readonly TOKEN_SECRET: string;
  readonly ORIGIN: string;
  readonly LOG: 'on' | 'off';
  /** A `SpeechPolicy` in JSON, in which null stands for Infinity. */
  readonly POLICY: string;
  readonly SPEECH_LIMITS?: Parameters<typeof durableLimits>[0];
}

const gateway: SpeechGateway<Env> = createSpeechGateway((env: Env): SpeechGatewayOptions => ({
  apiKey: 'sk_bench',
  serviceUrl: env.SERVICE_URL,
  authorize: () => undefined,
  tokens: { keys: { bench: env.TOKEN_SECRET } },
  origins: [env.ORIGIN],
  path: '/speech',
  policy: policyOf(env.POLICY),
  limits: env.SPEECH_LIMITS && durableLimits(env.SPEECH_LIMITS),
  log: env.LOG === 'off' ? false : undefined,
}));

function policyOf(json: string): SpeechPolicy {
  return JSON.parse(json, (_, value: unknown) => value ?? Infinity) as SpeechPolicy;
}

// What a Worker is.
// oxlint-disable-next-line import/no-default-export
export default gateway;
