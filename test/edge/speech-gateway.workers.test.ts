import { cacheApi } from '../../src/edge/cache/cache-api.ts';
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
