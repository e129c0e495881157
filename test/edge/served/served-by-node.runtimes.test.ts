import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createSpeechGateway } from '../../../src/edge/speech-gateway.ts';
import { servedOptions } from './served-options.ts';
import { servedGatewaySuite, type ServedGateway } from './served-gateway-suite.ts';

function listen(fetch: (request: Request) => Response | Promise<Response>, path: string): Promise<ServedGateway> {
  return new Promise((resolve) => {
    const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      resolve({
        url: `http://127.0.0.1:${port}${path}`,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
  });
}

servedGatewaySuite(
  'Node',
  (serviceUrl) => {
    const gateway = createSpeechGateway({ ...servedOptions(serviceUrl), path: '/speech' });
    return listen((request) => gateway.fetch(request), '/speech');
  },
  { noticesEarlyLeaving: true, tellsOfBrokenBodies: true },
);

servedGatewaySuite(
  'Hono, mounted',
  (serviceUrl) => {
    const app = new Hono().mount('/speech', createSpeechGateway(servedOptions(serviceUrl)).fetch);
    return listen((request) => app.fetch(request), '/speech');
  },
  { noticesEarlyLeaving: true, tellsOfBrokenBodies: true },
);
