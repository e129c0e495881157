import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../../scripts/workerd-process.mjs';
import { servedGatewaySuite } from './served-gateway-suite.ts';

servedGatewaySuite(
  'workerd',
  async (serviceUrl) => {
    const worker = await startWorkerd({
      entry: fileURLToPath(new URL('served-worker.ts', import.meta.url)),
      bindings: { SERVICE_URL: serviceUrl },
      flags: ['enable_request_signal'],
    });
    return { url: `${worker.url}/speech`, stop: () => worker.stop() };
  },
  // github.com/cloudflare/workerd/issues/4185 and 6818.
  { noticesEarlyLeaving: false, tellsOfBrokenBodies: false },
);
