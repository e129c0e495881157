import { createSpeechGateway, type SpeechGateway } from '../../../src/edge/speech-gateway.ts';
import { servedOptions } from './served-options.ts';

interface Env {
  readonly SERVICE_URL: string;
}

const gateway: SpeechGateway<Env> = createSpeechGateway((env: Env) => ({
  ...servedOptions(env.SERVICE_URL),
  path: '/speech',
}));

// What a Worker is.
// oxlint-disable-next-line import/no-default-export
export default { fetch: gateway.fetch };
