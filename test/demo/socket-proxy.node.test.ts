import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer, type ClientOptions } from 'ws';
import { startDemoProcess, type DemoProcess } from '../support/demo-process.ts';

const key = 'sk_only_the_server_knows_this';
const path = '/v1/text-to-speech/kal16UsEnglishMale01/multi-stream-input';

/** Both ends of a socket that was passed on. */
interface Pair {
  readonly page: WebSocket;
  readonly service: WebSocket;
}

let upstream: WebSocketServer;
let demo: DemoProcess;
let handshakes: IncomingMessage[];
let answer: (request: IncomingMessage) => number | undefined;

beforeAll(async () => {
  upstream = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: ({ req }, done) => {
      handshakes.push(req);
      const status = answer(req);
      if (!req.socket.destroyed) done(status === undefined, status);
    },
  });
  await once(upstream, 'listening');
  const { port } = upstream.address() as AddressInfo;
  const environment = { ELEVENLABS_API_KEY: key, ELEVENLABS_BASE_URL: `http://127.0.0.1:${port}` };
  demo = await startDemoProcess(environment);
}, 60_000);

afterAll(async () => {
  await demo.stop();
  upstream.close();
});

beforeEach(() => {
  handshakes = [];
  answer = () => undefined;
});

function dial(target = path, options: ClientOptions = { origin: demo.url }): WebSocket {
  const page = new WebSocket(demo.url.replace('http', 'ws') + target, options);
  page.on('error', () => {});
  return page;
}

async function connect(target = path): Promise<Pair> {
  const page = dial(target);
  const [[service]] = (await Promise.all([once(upstream, 'connection'), once(page, 'open')])) as unknown as [
    [WebSocket],
    unknown,
  ];
  service.on('error', () => {});
  return { page, service };
}

async function statusOf(target: string, options?: ClientOptions): Promise<number | undefined> {
  const [, { statusCode }] = (await once(dial(target, options), 'unexpected-response')) as [unknown, IncomingMessage];
  return statusCode;
}

async function endOf(socket: WebSocket): Promise<[code: number, reason: string]> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return [code, reason.toString()];
}

async function next(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, 'message')) as [Buffer];
  return data.toString();
}

describe('the way of a socket from the page to the service', () => {
  it('adds the key, and takes credentials out of what the page says', async () => {
    const query = '?model_id=eleven_flash_v2_5&auto_mode=true&sync_alignment=true';
    const { page, service } = await connect(path + query);
    expect(handshakes[0]?.url).toBe(path + query);
    expect(handshakes[0]?.headers['xi-api-key']).toBe(key);
    expect(handshakes[0]?.headers.origin).toBeUndefined();
    const fields = { 'xi-api-key': 'x', xi_api_key: 'x', authorization: 'x', single_use_token: 'x' };
    page.send(JSON.stringify({ text: 'Hello “there” ', context_id: 'a', ...fields }));
    expect(JSON.parse(await next(service))).toEqual({ text: 'Hello “there” ', context_id: 'a' });
    service.send('{"audio":"AAAA"}');
    expect(await next(page)).toBe('{"audio":"AAAA"}');
    page.close();
    await endOf(page);
  });

  it('is open to the page of this server only', async () => {
    const { host, port } = new URL(demo.url);
    const stranger = `http://elsewhere.example:${port}`;
    expect(await statusOf(path, { origin: stranger })).toBe(403);
    expect(await statusOf(path, {})).toBe(403);
    expect(await statusOf(path, { origin: 'null' })).toBe(403);
    expect(await statusOf(path, { origin: `http://${host}.elsewhere.example` })).toBe(403);
    // A name of the stranger's own that was made to lead here.
    expect(await statusOf(path, { origin: stranger, headers: { host: new URL(stranger).host } })).toBe(403);
    expect(handshakes).toEqual([]);
  });

  it('is closed to other calls and parameters', async () => {
    expect(await statusOf('/v1/convai/conversation')).toBe(404);
    expect(await statusOf('/v1/text-to-speech/a/b/stream-input')).toBe(404);
    expect(await statusOf('/v1/text-to-speech/..%2F..%2Fvoices/stream-input')).toBe(404);
    expect(await statusOf(`${path}?single_use_token=sutkn_x`)).toBe(400);
    expect(await statusOf(`${path}?model_id=a&authorization=x`)).toBe(400);
    expect(handshakes).toEqual([]);
  });

  it('tells the page of a refusal, and of a service that is not there', async () => {
    answer = () => 429;
    expect(await statusOf(path)).toBe(429);
    answer = (request) => void request.socket.destroy();
    expect(await statusOf(path)).toBe(502);
  });

  it('answers a handshake that is none, and keeps nothing of it', async () => {
    const headers = { connection: 'upgrade', upgrade: 'websocket', origin: demo.url };
    const request = get(demo.url + path, { headers });
    const [reply] = (await once(request, 'response')) as [IncomingMessage];
    expect(reply.statusCode).toBe(400);
    expect(handshakes).toHaveLength(1);
    await expect.poll(() => upstream.clients.size).toBe(0);
  });

  it.each<[what: string, end: (pair: Pair) => void, seen: keyof Pair, code: number, reason: string]>([
    ['a code of the service', ({ service }) => service.close(1008, 'no_more'), 'page', 1008, 'no_more'],
    ['no code of the service', ({ service }) => service.close(), 'page', 1005, ''],
    ['a service that is lost', ({ service }) => service.terminate(), 'page', 1014, ''],
    ['a code of the page', ({ page }) => page.close(1000, 'done'), 'service', 1000, 'done'],
    ['no code of the page', ({ page }) => page.close(), 'service', 1005, ''],
    ['a page that is lost', ({ page }) => page.terminate(), 'service', 1001, ''],
  ])('passes on the end: %s', async (_, end, seen, code, reason) => {
    const pair = await connect();
    const ended = endOf(pair[seen]);
    end(pair);
    expect(await ended).toEqual([code, reason]);
    await expect.poll(() => upstream.clients.size).toBe(0);
  });

  it.each<[what: string, send: (page: WebSocket) => void, code: number]>([
    ['too big', (page) => page.send(JSON.stringify({ text: 'a'.repeat(100_000) })), 1009],
    ['binary', (page) => page.send(Buffer.from('{"text":"a "}')), 1003],
    ['no JSON', (page) => page.send('Hello'), 1003],
    ['no object', (page) => page.send('["Hello"]'), 1003],
  ])('ends with a message that is %s', async (_, send, code) => {
    const { page, service } = await connect();
    const ends = Promise.all([endOf(page), endOf(service)]);
    send(page);
    const [[toPage], [toService]] = await ends;
    expect(toPage).toBe(code);
    expect([code, 1001]).toContain(toService);
  });

  it('holds the service while the page does not read, and loses nothing', async () => {
    const { page, service } = await connect();
    page.pause();
    const frame = JSON.stringify({ audio: 'A'.repeat(1_000_000) });
    const count = 40;
    for (let i = 0; i < count; i += 1) service.send(frame);
    // What the network's buffers and the relay take is taken soon.
    let waiting = 0;
    while (waiting !== service.bufferedAmount) {
      waiting = service.bufferedAmount;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(waiting).toBeGreaterThan((count / 2) * frame.length);
    const received: number[] = [];
    page.on('message', (data: Buffer) => received.push(data.length));
    page.resume();
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(count);
    expect(new Set(received)).toEqual(new Set([frame.length]));
    page.close();
    await endOf(service);
  }, 30_000);

  it('hangs up for a page that is lost while it does not read', async () => {
    const { page, service } = await connect();
    page.pause();
    for (let i = 0; i < 20; i += 1) service.send('A'.repeat(1_000_000));
    const ended = endOf(page);
    page.terminate();
    await ended;
    await expect.poll(() => upstream.clients.size).toBe(0);
    expect(service.readyState).toBe(WebSocket.CLOSED);
  });
});
