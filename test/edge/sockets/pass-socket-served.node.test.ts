import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unstable_startWorker } from 'wrangler';
import { WebSocket } from 'ws';
import { startSocketServer } from '../../support/socket-server.ts';

let worker: Awaited<ReturnType<typeof unstable_startWorker>>;

beforeAll(async () => {
  worker = await unstable_startWorker({
    name: 'socket-worker',
    entrypoint: fileURLToPath(new URL('socket-worker.ts', import.meta.url)),
    compatibilityDate: '2026-04-01',
    dev: { server: { hostname: '127.0.0.1', port: 0 }, inspector: false, logLevel: 'none', watch: false },
  });
  await worker.ready;
}, 30_000);

afterAll(() => worker?.dispose());

/** A page's socket to the Worker, open. */
async function openPage(service: string, query: string): Promise<WebSocket> {
  const { host } = await worker.url;
  const protocols = ['saylight.v1', 'saylight.token.abc.def.ghi'];
  const page = new WebSocket(`ws://${host}/?service=${encodeURIComponent(service)}${query}`, protocols);
  page.on('error', () => {});
  await once(page, 'open');
  return page;
}

describe.each([
  ['passed on natively', '', 1006],
  ['counted', '&counted', 1001],
])('a socket that a Worker has answered with, %s,', (_name, query, lost) => {
  test('goes on after its request', async () => {
    const service = await startSocketServer({
      message: ({ socket }) => {
        socket.send('{"audio":"AAAA"}');
        socket.send(Buffer.from([0, 128, 255]));
        setTimeout(() => socket.close(1000), 50);
      },
    });
    const page = await openPage(service.url, query);
    expect(page.protocol).toBe('saylight.v1');
    expect(service.connections[0]!.headers).toMatchObject({ 'xi-api-key': 'local' });
    expect(service.connections[0]!.headers).not.toHaveProperty('sec-websocket-protocol');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const frames: unknown[] = [];
    page.on('message', (data: Buffer, isBinary) => frames.push(isBinary ? [...data] : data.toString()));
    page.send('{"text":"Hello. "}');
    expect((await once(page, 'close'))[0]).toBe(1000);
    expect(frames).toEqual(['{"audio":"AAAA"}', [0, 128, 255]]);
    expect(service.connections[0]!.messages).toEqual([{ text: 'Hello. ' }]);
  });

  test('ends at the service when the page closes or is lost', async () => {
    const ways: [leave: (page: WebSocket) => void, code: number][] = [
      [(page) => page.close(3001), 3001],
      [(page) => page.terminate(), lost],
    ];
    for (const [leave, code] of ways) {
      const service = await startSocketServer();
      const page = await openPage(service.url, query);
      const ended = once(service.connections[0]!.socket, 'close');
      leave(page);
      expect((await ended)[0]).toBe(code);
      await expect.poll(() => service.openSockets).toBe(0);
    }
  });
});
