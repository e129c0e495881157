import type { SpeechCache } from '../../../src/edge/cache/speech-cache.ts';
import { durableLimits, type DurableNamespace } from '../../../src/edge/limits/durable-limits.ts';
import { createSpeechGateway, type SpeechGateway } from '../../../src/edge/speech-gateway.ts';
import { served, servedOptions } from './served-options.ts';

export { SpeechLimitsObject } from '../../../src/edge/limits/speech-limits-object.ts';

interface Env {
  readonly SERVICE_URL: string;
  readonly SPEECH_LIMITS: DurableNamespace;
}

const kept = new Map<string, Uint8Array<ArrayBuffer>>();
const cache: SpeechCache = {
  match: async (key) => (kept.has(key) ? new Response(kept.get(key)) : undefined),
  put: async (key, reply) => void kept.set(key, new Uint8Array(await reply.arrayBuffer())),
};

/** A gateway of one place for each subject, which keeps speech or not. */
function gateway(path: string, keeps: boolean): SpeechGateway<Env> {
  return createSpeechGateway((env: Env) => ({
    ...servedOptions(env.SERVICE_URL),
    path,
    authorize: ({ headers }) => ({ subject: headers.get('cookie') ?? 'nobody' }),
    limits: durableLimits(env.SPEECH_LIMITS),
    policy: { concurrency: 1, sessionSeconds: served.sessionSeconds },
    ...(keeps && { cache, cacheSpeech: 60 }),
    log: undefined,
  }));
}

const speech = gateway('/speech', false);
const keeping = gateway('/kept', true);

// What a Worker is.
// oxlint-disable-next-line import/no-default-export
export default {
  fetch: (request: Request, env: Env, context: { waitUntil(work: Promise<unknown>): void }): Promise<Response> =>
    (new URL(request.url).pathname.startsWith('/kept') ? keeping : speech).fetch(request, env, context),
};
