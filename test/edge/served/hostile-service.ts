import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service whose voices do what a service may do to a gateway. */
export interface HostileService {
  readonly url: string;
  /** Replies that are open now. */
  readonly open: number;
  /** The headers of the last request. */
  readonly headers: IncomingHttpHeaders;
  close(): void;
}

/** Milliseconds between the chunks of a slow voice. */
export const chunkInterval = 100;
export const chunkBytes = 1000;
/** Of a slow voice. */
export const slowChunks = 15;

/**
 * Starts it. The voice `slow` sends a chunk every 100 ms; `endless` goes on; `silent` never answers; `moved` leads to another server;
 * `cut` breaks off; others answer at once.
 */
export async function startHostileService(): Promise<HostileService> {
  let open = 0;
  let headers: IncomingHttpHeaders = {};
  const server = createServer((request, response) => {
    open += 1;
    headers = request.headers;
    response.on('close', () => (open -= 1));
    const [, voice = ''] = /text-to-speech\/(\w+)/.exec(request.url ?? '') ?? [];
    request.resume();
    request.on('end', () => void behave(voice, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get open() {
      return open;
    },
    get headers() {
      return headers;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function behave(voice: string, response: ServerResponse): Promise<void> {
  if (voice === 'silent') return;
  if (voice === 'moved') {
    response.writeHead(302, { location: 'http://127.0.0.1:1/stolen' }).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'a=b', 'x-internal': 'y' });
  const chunk = Buffer.alloc(chunkBytes, 'x');
  if (voice !== 'slow' && voice !== 'cut' && voice !== 'endless') {
    response.end(chunk);
    return;
  }
  const chunks = voice === 'endless' ? Infinity : slowChunks;
  for (let count = 0; count < chunks && !response.destroyed; count += 1) {
    response.write(chunk);
    if (voice === 'cut' && count === 3) {
      response.destroy();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, chunkInterval));
  }
  response.end();
}
