import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createServer as createViteServer, type ViteDevServer } from 'vite';
import { audioScripts } from '../../build/audio-scripts.ts';
import { createSocketProxy } from './socket-proxy.ts';
import { proxySpeech, type SpeechUpstream } from './speech-proxy.ts';

/** As strict as a page that speaks can be: its own scripts only, no inline code, no other server. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const root = new URL('../../', import.meta.url);

/** What the demo is started with. */
export interface DemoOptions {
  /** The port of the page; another one is taken when it is in use. 0 takes any. */
  readonly port: number;
  /** The service that speaks. */
  readonly speech: SpeechUpstream;
}

/** A running demo. */
export interface Demo {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the page, and passes its speech requests and sockets on. */
export async function startDemo({ port, speech }: DemoOptions): Promise<Demo> {
  const http = createServer();
  const vite = await startVite(http);
  serve(http, vite, speech);
  const sockets = createSocketProxy(speech);
  http.on('upgrade', (request, connection, head) => sockets.upgrade(request, connection, head));
  const url = `http://localhost:${await listen(http, port)}`;
  return {
    url,
    async close() {
      sockets.close();
      http.closeAllConnections();
      http.close();
      await vite.close();
    },
  };
}

function startVite(http: Server): Promise<ViteDevServer> {
  return createViteServer({
    configFile: false,
    root: fileURLToPath(new URL('demo/page', root)),
    cacheDir: fileURLToPath(new URL('node_modules/.cache/vite-demo', root)),
    appType: 'spa',
    logLevel: 'warn',
    plugins: [audioScripts()],
    resolve: {
      alias: [
        { find: /^saylight$/, replacement: fileURLToPath(new URL('src/core/index.ts', root)) },
        { find: /^saylight\/player$/, replacement: fileURLToPath(new URL('src/player/index.ts', root)) },
      ],
    },
    server: { middlewareMode: true, hmr: { server: http }, fs: { allow: [fileURLToPath(root)] } },
  });
}

function serve(http: Server, vite: ViteDevServer, speech: SpeechUpstream): void {
  http.on('request', (request, response) => {
    response.setHeader('content-security-policy', contentSecurityPolicy);
    response.setHeader('x-content-type-options', 'nosniff');
    proxySpeech(request, response, speech)
      .then((isSpeech) => isSpeech || vite.middlewares(request, response))
      .catch(() => response.destroy());
  });
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
