// Serves the gateway by what Deno or Bun have for that, and prints the address.
import type { WebSocketClass } from '../../src/core/web-socket-like.ts';
import { memoryLimitsForTests } from '../../src/edge/limits/memory-limits-for-tests.ts';
import { createSpeechGateway } from '../../src/edge/speech-gateway.ts';
import { servedOptions } from '../edge/served/served-options.ts';

type Handler = (request: Request) => Promise<Response>;

interface Runtime {
  readonly Deno?: {
    serve(options: object, handler: Handler): { readonly addr: { readonly port: number } };
  };
  readonly Bun?: { serve(options: { readonly fetch: Handler }): { readonly port: number } };
}

/** The classes of both take headers, and each takes them elsewhere than that of `ws`. */
class ServiceSocket extends WebSocket {
  constructor(url: string, protocols: string[], { headers }: { readonly headers: Readonly<Record<string, string>> }) {
    super(url, { protocols, headers } as unknown as string[]);
  }
}

const [serviceUrl = ''] = process.argv.slice(2);
const gateway = createSpeechGateway({
  ...servedOptions(serviceUrl),
  path: '/speech',
  limits: memoryLimitsForTests(),
  WebSocket: ServiceSocket as unknown as WebSocketClass,
});
const { Deno, Bun } = globalThis as Runtime;
const address = { port: 0, hostname: '127.0.0.1' };
const handler: Handler = (request) => gateway.fetch(request);
const port = Deno
  ? Deno.serve({ ...address, onListen: () => {} }, handler).addr.port
  : Bun?.serve({ ...address, fetch: handler }).port;
console.log(`http://127.0.0.1:${port}/speech`);
