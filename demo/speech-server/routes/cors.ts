import type { MiddlewareHandler } from 'hono';
import type { SpeechEnv } from './speech-env.ts';

const everyResponse = {
  'access-control-allow-origin': '*',
  // The service says "*" alone, which does not cover the authorization header.
  'access-control-allow-headers': '*, authorization',
  'access-control-allow-methods': 'POST, PATCH, OPTIONS, DELETE, GET, PUT',
  'access-control-max-age': '600',
};

const exposed =
  'request-id, history-item-id, character-cost, regeneration-count, generation-info, current-concurrent-requests, maximum-concurrent-requests';

/** The service's CORS headers: a page can read its ids and costs on success and nothing on an error. */
export const cors: MiddlewareHandler<SpeechEnv> = async (context, next) => {
  if (context.req.method === 'OPTIONS') return context.body(null, 204, everyResponse);
  await next();
  for (const [name, value] of Object.entries(everyResponse)) context.res.headers.set(name, value);
  if (context.res.ok) context.res.headers.set('access-control-expose-headers', exposed);
  return undefined;
};
