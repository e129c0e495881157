import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createServer as createViteServer, type Plugin, type ViteDevServer } from 'vite';
import { audioScripts } from '../../build/audio-scripts.ts';
import { startGateway, type GatewayOptions } from './start-gateway.ts';

const root = new URL('../../', import.meta.url);

/** What the demo is started with. */
export interface DemoOptions extends Omit<GatewayOptions, 'origin'> {
  /** The port of the page; another one is taken when it is in use. 0 takes any. */
  readonly port: number;
}

/** A running demo. */
export interface Demo {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the page, and runs the gateway that it speaks through. */
export async function startDemo({ port, ...options }: DemoOptions): Promise<Demo> {
  const http = createServer();
  const origin = `http://localhost:${await listen(http, port)}`;
  const gateway = await startGateway({ ...options, origin });
  const vite = await startVite(http, gateway.url);
  const policy = contentSecurityPolicy(gateway.url);
  http.on('request', (request, response) => {
    response.setHeader('content-security-policy', policy);
    response.setHeader('x-content-type-options', 'nosniff');
    vite.middlewares(request, response);
  });
  return {
    url: origin,
    async close() {
      http.closeAllConnections();
      http.close();
      await Promise.all([vite.close(), gateway.close()]);
    },
  };
}

/** As strict as a page that speaks can be: its own scripts only, no inline code, no other server but the gateway. */
function contentSecurityPolicy(gateway: string): string {
  const { origin } = new URL(gateway);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    `connect-src 'self' ${origin} ${origin.replace(/^http/, 'ws')}`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function startVite(http: Server, gateway: string): Promise<ViteDevServer> {
  return createViteServer({
    configFile: false,
    root: fileURLToPath(new URL('demo/page', root)),
    cacheDir: fileURLToPath(new URL('node_modules/.cache/vite-demo', root)),
    appType: 'spa',
    logLevel: 'warn',
    plugins: [audioScripts(), tellGateway(gateway)],
    resolve: {
      alias: [
        { find: /^saylight$/, replacement: fileURLToPath(new URL('src/core/index.ts', root)) },
        { find: /^saylight\/player$/, replacement: fileURLToPath(new URL('src/player/index.ts', root)) },
      ],
    },
    server: { middlewareMode: true, hmr: { server: http }, fs: { allow: [fileURLToPath(root)] } },
  });
}

/** Tells the page where the gateway is. */
function tellGateway(content: string): Plugin {
  return {
    name: 'speech-gateway',
    transformIndexHtml: () => [{ tag: 'meta', attrs: { name: 'speech-gateway', content }, injectTo: 'head-prepend' }],
  };
}

function listen(http: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' || port === 0) return reject(error);
      http.listen(0, 'localhost');
    });
    http.once('listening', () => {
      const address = http.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
    http.listen(port, 'localhost');
  });
}
