import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { cacheApi } from '../../src/edge/cache/cache-api.ts';
import { durableLimits } from '../../src/edge/limits/durable-limits.ts';
import { startGateway, text } from './gateway-under-test.ts';
import { speechGatewaySuite } from './speech-gateway-suite.ts';

let count = 0;

speechGatewaySuite('workerd', () => {
  // A cache of its own for each test.
  const cache = caches.open(`speech-${(count += 1)}`);
  return {
    match: async (key) => cacheApi(await cache).match(key),
    put: async (key, reply) => cacheApi(await cache).put(key, reply),
  };
});

test('of 50 requests with the same single-use token, one is let in', async () => {
  const gateway = startGateway({ limits: durableLimits(env.SPEECH_LIMITS) });
  const token = await gateway.token({ singleUse: true }, crypto.randomUUID());
  const replies = await Promise.all(Array.from({ length: 50 }, () => gateway.speak({ token })));
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(replies.filter(({ status }) => status === 401)).toHaveLength(49);
  expect(gateway.sent).toHaveLength(1);
});

test('a budget in a Durable Object is never overspent by requests that race for it', async () => {
  const policy = { characterBudget: text.length * 7 + 1 };
  const gateway = startGateway({ limits: durableLimits(env.SPEECH_LIMITS), policy });
  const token = await gateway.token({}, crypto.randomUUID());
  const replies = await Promise.all(Array.from({ length: 30 }, () => gateway.speak({ token })));
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(7);
  expect(gateway.sent).toHaveLength(7);
  await Promise.all(replies.map((reply) => reply.arrayBuffer()));
  await gateway.settled();
  expect((await gateway.speak({ token })).status).toBe(402);
});
