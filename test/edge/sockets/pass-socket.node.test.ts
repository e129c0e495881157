import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createSpeechClient } from '../../../src/core/index.ts';
import type { WebSocketClass } from '../../../src/core/web-socket-like.ts';
import type { UpstreamFailure } from '../../../src/edge/gateway-log.ts';
import { passSocket, type SocketPass } from '../../../src/edge/sockets/pass-socket.ts';
import { refuseSocket } from '../../../src/edge/sockets/refuse-socket.ts';
import type { SocketCounting } from '../../../src/edge/sockets/socket-counting.ts';
import type { SocketPassEnd } from '../../../src/edge/sockets/socket-relay.ts';
import { Refusal } from '../../../src/edge/refusal.ts';
import { createGate } from '../../support/gate.ts';
import { hear, wordsOf } from '../../support/heard-speech.ts';
import { rejection } from '../../support/rejection.ts';
import { startSocketServer } from '../../support/socket-server.ts';

const text = 'The old mill stands by the river. Nobody has lived there for years.';
const voiceId = 'kal16UsEnglishMale01';
const key = 'the-key-of-the-gateway';
const token = 'saylight.token.abc.def.ghi';
const unlimited: SocketCounting = {
  charactersPerRequest: undefined,
  sessionSeconds: undefined,
  idleSeconds: 60,
  reserve: undefined,
};

interface Gateway {
  readonly url: string;
  readonly ends: readonly SocketPassEnd[];
  readonly refusals: readonly unknown[];
  /** The sockets of pages. */
  readonly pages: readonly WebSocket[];
}

function handleProtocols(offered: Set<string>): string | false {
  return offered.has('saylight.v1') && 'saylight.v1';
}

/** A server whose pages are connected with `service`. */
async function startGateway(service: string, own: Partial<SocketPass> = {}): Promise<Gateway> {
  const ends: SocketPassEnd[] = [];
  const refusals: unknown[] = [];
  const pages: WebSocket[] = [];
  const sockets = new WebSocketServer({ noServer: true, clientTracking: false, handleProtocols });
  const server = createServer();
  server.on('upgrade', (incoming, connection: Socket, head) => {
    connection.on('error', () => {});
    const { pathname, search } = new URL(incoming.url ?? '/', 'http://gateway.invalid');
    const request = new Request(`http://gateway.invalid${pathname}`);
    const offered = incoming.headers['sec-websocket-protocol']?.split(/, */) ?? [];
    const protocol = offered.includes('saylight.v1') ? 'saylight.v1' : undefined;
    const runtime: SocketPass['runtime'] = {
      WebSocket,
      accept: () => {
        let page: WebSocket | undefined;
        sockets.handleUpgrade(incoming, connection, head, (socket) => (page = socket));
        if (!page) throw new Refusal('upgrade_required', 'This is no handshake.');
        pages.push(page);
        return { response: new Response(null), socket: page };
      },
      ...own.runtime,
    };
    passSocket({
      url: `${service}${pathname}${search}`,
      headers: new Headers({ 'xi-api-key': key }),
      call: pathname.endsWith('/multi-stream-input') ? 'connectMulti' : 'connect',
      protocol,
      request,
      openTimeout: 10,
      counting: unlimited,
      onEnd: (end) => ends.push(end),
      ...own,
      runtime,
    }).catch((error: unknown) => {
      refusals.push(error);
      if (error instanceof Refusal) refuseSocket(error, protocol, runtime, request);
      else connection.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const page of pages) page.terminate();
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ends, refusals, pages };
}

/** What a page heard when its socket has closed. */
interface HeardPage {
  readonly protocol: string;
  readonly frames: readonly (string | ArrayBuffer)[];
  readonly code: number;
  readonly reason: string;
}

/** A page that says something once its socket is open. */
async function visit(gateway: Gateway, say: (page: WebSocket) => void = () => {}): Promise<HeardPage> {
  const page = new WebSocket(`${gateway.url.replace('http', 'ws')}/stream-input`, ['saylight.v1', token]);
  const frames: (string | ArrayBuffer)[] = [];
  page.binaryType = 'arraybuffer';
  page.addEventListener('open', () => say(page));
  page.addEventListener('message', ({ data }) => frames.push(data as string | ArrayBuffer));
  page.addEventListener('error', () => {});
  const [code, reason] = (await once(page, 'close')) as [number, Buffer];
  return { protocol: page.protocol, frames, code, reason: reason.toString() };
}

/** A server that never answers a handshake, and when the first one came and went. */
async function startMuteServer(): Promise<{ url: string; asked: Promise<void>; left: Promise<void> }> {
  const [asked, left] = [createGate(), createGate()];
  const server = createServer();
  server.on('upgrade', (_request, connection: Socket) => {
    asked.open();
    connection.on('error', () => {});
    connection.on('close', () => left.open());
    connection.on('end', () => connection.end());
    connection.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: asked.opened,
    left: left.opened,
  };
}

function runningTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

const hello = (page: WebSocket): void => page.send(JSON.stringify({ text: 'Hello. ' }));
const speech = { outputFormat: 'pcm_8000', syncAlignment: true } as const;

const speakThrough = ({ url }: Gateway) =>
  createSpeechClient({ baseUrl: url, token: 't', WebSocket, retry: { minDelay: 0 } }).textToSpeech;

describe('the client, through a gateway', () => {
  test('speaks a text, and several at once', async () => {
    const gateway = await startGateway(inject('speechServerUrl'), { counting: undefined });
    const session = speakThrough(gateway).connect(voiceId, speech);
    void session.end(text);
    const { words, error } = await hear(session, text);
    expect(error).toBeUndefined();
    expect(words.map((word) => word.text)).toEqual(wordsOf(text));
    const multi = speakThrough(gateway).connectMulti(voiceId, speech);
    const heard = await Promise.all(
      ['One. ', 'Two. '].map((start) => {
        const context = multi.createContext();
        void context.close(start + text);
        return hear(context, start + text);
      }),
    );
    for (const one of heard) {
      expect(one.error).toBeUndefined();
      expect(one.words).toHaveLength(wordsOf(text).length + 1);
    }
    await multi.close();
    await expect.poll(() => gateway.ends.length).toBe(2);
    // A client ends a text with a space; what begins a speech or keeps it open is not counted.
    expect(gateway.ends[0]).toMatchObject({ characters: text.length + 1, code: 1000 });
    expect(gateway.ends[1]).toMatchObject({ characters: 2 * (text.length + 6), code: 1000 });
  });

  test('goes on over another connection when its session has ended in mid-speech', async () => {
    const paced = { counting: { ...unlimited, sessionSeconds: 1.5 } };
    const gateway = await startGateway(inject('speechServerUrl'), paced);
    const headers = { 'x-fault-pace': '1.5' };
    // The gateway tells the service nothing of the page's headers, so the fault is asked for by the query.
    const Paced = function (url: string, protocols?: string | string[]): WebSocket {
      return new WebSocket(`${url}&fault_pace=${headers['x-fault-pace']}`, protocols);
    } as unknown as typeof WebSocket;
    const client = createSpeechClient({ baseUrl: gateway.url, token: 't', WebSocket: Paced, retry: { minDelay: 0 } });
    const session = client.textToSpeech.connect(voiceId, speech);
    void session.end(text);
    const { words, error } = await hear(session, text);
    expect(error).toBeUndefined();
    expect(words.map((word) => word.text)).toEqual(wordsOf(text));
    await expect.poll(() => gateway.ends.at(-1)?.code).toBe(1000);
    expect(gateway.ends.length).toBeGreaterThan(1);
    expect(gateway.ends[0]).toMatchObject({ code: 1001 });
  });

  test('is told why it is cut off, and keeps what was not spoken', async () => {
    const gateway = await startGateway(inject('speechServerUrl'), {
      counting: { ...unlimited, reserve: async () => ({ admitted: false, reason: 'budget' }) },
    });
    const session = speakThrough(gateway).connect(voiceId, speech);
    void session.end(text);
    const { error } = await hear(session, '');
    expect(error).toMatchObject({ code: 'quota-exceeded', unspokenText: text });
    expect(gateway.ends).toEqual([{ characters: 0, bytes: 0, code: 4402 }]);
  });
});

describe('the service', () => {
  test('is told the key and nothing else', async () => {
    const service = await startSocketServer({ message: ({ socket }) => socket.close(1000) });
    const heard = await visit(await startGateway(service.url), (page) => {
      page.send(JSON.stringify({ text: 'Hello. ', xi_api_key: 'x', authorization: 'y', flush: true, a: { b: 1 } }));
    });
    expect(heard).toEqual({ protocol: 'saylight.v1', frames: [], code: 1000, reason: '' });
    const [connection] = service.connections;
    expect(Object.keys(connection!.headers).sort()).toEqual([
      'connection',
      'host',
      'sec-websocket-extensions',
      'sec-websocket-key',
      'sec-websocket-version',
      'upgrade',
      'xi-api-key',
    ]);
    expect(connection!.headers['xi-api-key']).toBe(key);
    expect(connection!.messages).toEqual([{ text: 'Hello. ', flush: true }]);
  });

  test('may speak with its consent', async () => {
    const service = await startSocketServer({
      open: ({ send, socket }) => {
        send({ message: `Key ${key} is bad.`, error: 'needs_authorization', code: 1008 });
        socket.close(1008, `The API key ${key} is bad.`);
      },
    });
    const heard = await visit(await startGateway(service.url));
    expect(heard.frames).toHaveLength(1);
    expect(JSON.parse(heard.frames[0] as string)).toMatchObject({ error: 'upstream_refused', code: 4502 });
    expect(heard).toMatchObject({ code: 4502, reason: 'upstream_refused' });
    expect(heard.frames[0]).not.toContain(key);
  });

  test('gives audio that comes as it is, be it binary', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const frame = `{"audio":"${'A'.repeat(900_000)}","message":"kept"}`;
    const service = await startSocketServer({
      message: ({ socket }) => {
        socket.send(bytes);
        socket.send(frame);
        socket.close(1000);
      },
    });
    const gateway = await startGateway(service.url);
    const { frames } = await visit(gateway, hello);
    expect(Buffer.from(frames[0] as ArrayBuffer)).toEqual(bytes);
    expect(frames[1]).toBe(frame);
    expect(gateway.ends).toEqual([{ characters: 7, bytes: 256 + frame.length, code: 1000 }]);
  });

  test.each<[string, (socket: WebSocket) => void, Partial<HeardPage>]>([
    ['drops the connection', (socket) => socket.terminate(), { code: 1014, reason: '' }],
    ['closes without a code', (socket) => socket.close(), { code: 1005, reason: '' }],
    ['leaves', (socket) => socket.close(1001, 'Deploying v2.'), { code: 1001, reason: '' }],
    [
      'says why in prose',
      (socket) => socket.close(1008, 'Timeout: say something.'),
      { reason: 'input_timeout_exceeded' },
    ],
    ['is full', (socket) => socket.close(1013, 'busy'), { code: 1013, reason: '' }],
    ['has no quota', (socket) => socket.close(1008, 'This request exceeds your quota.'), { code: 4502 }],
    ['refuses the key', (socket) => socket.close(3000, ''), { code: 4502, reason: 'upstream_refused' }],
    ['sends a frame of 17 MB', (socket) => socket.send('x'.repeat(17_000_000)), { code: 1014, reason: '' }],
  ])('that %s ends the page’s socket as it should', async (_name, act, expected) => {
    const service = await startSocketServer({ message: ({ socket }) => act(socket) });
    const gateway = await startGateway(service.url);
    const heard = await visit(gateway, hello);
    expect(heard).toMatchObject({ frames: [], ...expected });
    expect(gateway.ends).toEqual([{ characters: 7, bytes: 0, code: heard.code }]);
    await expect.poll(() => service.openSockets).toBe(0);
  });

  test('that is silent is left after the idle time, that goes on forever after the session’s', async () => {
    const silent = await startSocketServer();
    const idle = await startGateway(silent.url, { counting: { ...unlimited, idleSeconds: 0.1 } });
    expect(await visit(idle, hello)).toMatchObject({ code: 4408, reason: 'input_timeout_exceeded' });
    const endless = await startSocketServer({
      open: ({ socket, send }) => {
        const timer = setInterval(() => send({ audio: 'AAAA' }), 20);
        socket.on('close', () => clearInterval(timer));
      },
    });
    const limits = { ...unlimited, idleSeconds: 0.1, sessionSeconds: 0.4 };
    const heard = await visit(await startGateway(endless.url, { counting: limits }));
    expect(heard).toMatchObject({ code: 1001, reason: 'session_ended' });
    expect(heard.frames.length).toBeGreaterThan(1);
    await expect.poll(() => silent.openSockets + endless.openSockets).toBe(0);
  });

  test.each([
    [400, 'invalid_request', 4400],
    [401, 'upstream_refused', 4502],
    [403, 'upstream_refused', 4502],
    [404, 'not_found', 4404],
    [422, 'invalid_request', 4400],
    [429, 'too_many_requests', 4429],
    [302, 'upstream_failed', 4502],
    [500, 'upstream_failed', 4502],
  ])('that refuses with %i is told to the page by a code', async (status, code, closeCode) => {
    const service = await startSocketServer({ refuse: () => status });
    const failures: UpstreamFailure[] = [];
    const gateway = await startGateway(service.url, { onFailure: (failure) => failures.push(failure) });
    expect(await visit(gateway)).toMatchObject({ protocol: 'saylight.v1', code: closeCode, reason: code });
    // The log is told the status itself; `ws` tells nothing else.
    expect(failures).toEqual([{ status, code: undefined, requestId: undefined }]);
    expect(gateway.ends).toEqual([{ characters: 0, bytes: 0, code: closeCode }]);
  });

  test('that is not there or does not answer is told to the page', async () => {
    const gone = await startGateway('http://127.0.0.1:1');
    expect(await visit(gone)).toMatchObject({ code: 4502, reason: 'upstream_unreachable' });
    const mute = await startMuteServer();
    const slow = await startGateway(mute.url, { openTimeout: 0.1 });
    expect(await visit(slow)).toMatchObject({ code: 4504, reason: 'upstream_timeout' });
    // The attempt has ended, too.
    await mute.left;
  });

  test('is not waited for when the page has left', async () => {
    const mute = await startMuteServer();
    const page = new AbortController();
    const request = new Request('http://gateway.invalid/', { signal: page.signal });
    const gateway = await startGateway(mute.url, { request });
    new WebSocket(gateway.url.replace('http', 'ws')).on('error', () => {});
    await mute.asked;
    page.abort();
    await mute.left;
    expect(gateway.refusals).toMatchObject([{ name: 'AbortError' }]);
    expect(gateway.ends).toEqual([{ characters: 0, bytes: 0, code: 1006 }]);
  });
});

describe('the page', () => {
  test.each<[string, (page: WebSocket) => void, number, number]>([
    ['closes', (page) => page.close(1000, 'private'), 1000, 1000],
    ['closes without a code', (page) => page.close(), 1000, 1005],
    ['closes with a code of its own', (page) => page.close(3999), 3999, 3999],
    ['navigates away', (page) => page.close(1001), 1001, 1001],
    ['claims that the protocol was broken', (page) => page.close(1002), 1001, 1002],
    ['is lost', (page) => page.terminate(), 1001, 1006],
  ])('that %s ends the service’s socket as it should', async (_name, leave, code, told) => {
    const left = createGate();
    let end: { code: number; reason: string } | undefined;
    const service = await startSocketServer({
      open: ({ socket }) =>
        socket.on('close', (closeCode, reason) => {
          end = { code: closeCode, reason: reason.toString() };
          left.open();
        }),
    });
    const gateway = await startGateway(service.url);
    await visit(gateway, leave);
    await left.opened;
    expect(end).toEqual({ code, reason: '' });
    expect(gateway.ends).toEqual([{ characters: 0, bytes: 0, code: told }]);
  });

  test('that sends more than may wait for a reserve is closed', async () => {
    const service = await startSocketServer();
    const gateway = await startGateway(service.url, {
      counting: { ...unlimited, reserve: () => new Promise(() => {}) },
    });
    const message = JSON.stringify({ text: 'x'.repeat(60_000) });
    const heard = await visit(gateway, (page) => {
      for (let count = 0; count < 6; count += 1) page.send(message);
    });
    expect(heard).toMatchObject({ code: 4429, reason: 'too_many_requests' });
    expect(service.connections[0]!.messages).toEqual([]);
  });

  test('that reads slowly has the service wait, and gets all in the end', { timeout: 20_000 }, async () => {
    const frame = `{"audio":"${'A'.repeat(1_000_000)}"}`;
    const service = await startSocketServer({
      message: ({ socket }) => {
        for (let count = 0; count < 60; count += 1) socket.send(frame);
        socket.close(1000);
      },
    });
    const gateway = await startGateway(service.url);
    let length = 0;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, gateway.pages[0]?.bufferedAmount ?? 0)), 5);
    const heard = visit(gateway, (page) => {
      hello(page);
      page.pause();
      page.on('message', (data: Buffer) => (length += data.length));
      // What waits at the service waits neither for the network nor in the gateway.
      void expect
        .poll(() => service.connections[0]!.socket.bufferedAmount, { timeout: 10_000 })
        .toBeGreaterThan(20_000_000)
        .then(() => expect.poll(() => gateway.pages[0]!.bufferedAmount).toBeGreaterThan(4_194_304))
        .finally(() => page.resume());
    });
    expect(await heard).toMatchObject({ code: 1000 });
    clearInterval(watch);
    expect(length).toBe(60 * frame.length);
    expect(most).toBeGreaterThan(4_194_304);
    expect(most).toBeLessThan(8_000_000);
  });

  test.each([
    ['nothing pauses the service', undefined],
    ['its pause does nothing', () => {}],
  ])('that reads nothing is closed where %s', { timeout: 20_000 }, async (_name, pause) => {
    class Unpausable extends WebSocket {}
    Object.defineProperty(Unpausable.prototype, 'pause', { value: pause });
    const frame = `{"audio":"${'A'.repeat(1_000_000)}"}`;
    const service = await startSocketServer({
      message: ({ socket }) => {
        const timer = setInterval(() => socket.send(frame), 1);
        socket.on('close', () => clearInterval(timer));
      },
    });
    const gateway = await startGateway(service.url, {
      runtime: { WebSocket: Unpausable },
    });
    const heard = await visit(gateway, (page) => {
      hello(page);
      page.pause();
      void expect
        .poll(() => gateway.ends.length, { timeout: 10_000 })
        .toBe(1)
        .finally(() => page.resume());
    });
    expect(heard).toMatchObject({ code: 4429, reason: 'too_many_requests' });
    expect(gateway.ends).toMatchObject([{ code: 4429 }]);
    await expect.poll(() => service.openSockets).toBe(0);
  });

  test('that opens late gets what the service said before', async () => {
    const service = await startSocketServer({
      open: ({ send, socket }) => {
        send({ audio: 'AAAA' });
        socket.close(1000);
      },
    });
    // Connects in the wrong direction, to be a socket that opens later.
    const received: string[] = [];
    const ended = createGate();
    const page = await startSocketServer({
      open: ({ socket }) => {
        socket.removeAllListeners('message').on('message', (data: Buffer) => received.push(data.toString()));
        socket.on('close', () => ended.open());
      },
    });
    const accept = () => ({
      response: new Response(null),
      socket: new WebSocket(page.url.replace('http', 'ws')),
    });
    const gateway = await startGateway(service.url, { runtime: { WebSocket, accept } });
    new WebSocket(gateway.url.replace('http', 'ws')).on('error', () => {});
    await ended.opened;
    expect(received).toEqual(['{"audio":"AAAA"}']);
    expect(gateway.ends).toMatchObject([{ code: 1000 }]);
  });

  test('leaves no listener and no timer behind', async () => {
    const service = await startSocketServer({ message: ({ socket }) => socket.close(1000) });
    const upstream: WebSocket[] = [];
    class Kept extends WebSocket {
      constructor(url: string, protocols: string[], options: object) {
        super(url, protocols, options);
        upstream.push(this);
      }
    }
    const gateway = await startGateway(service.url, {
      counting: { ...unlimited, sessionSeconds: 600 },
      runtime: { WebSocket: Kept as unknown as WebSocketClass },
    });
    const before = runningTimers();
    await visit(gateway, hello);
    await expect.poll(() => service.openSockets).toBe(0);
    await expect.poll(runningTimers).toBeLessThanOrEqual(before);
    expect([gateway.pages.length, upstream.length]).toEqual([1, 1]);
    for (const socket of [...gateway.pages, ...upstream]) {
      expect(['open', 'message', 'close'].map((name) => socket.listenerCount(name))).toEqual([0, 0, 0]);
    }
  });
});

/** A pass that comes to nothing. */
const vainPass = (runtime: SocketPass['runtime'], ends: SocketPassEnd[]): SocketPass => ({
  url: 'http://127.0.0.1:1/',
  headers: new Headers(),
  call: 'connect',
  protocol: undefined,
  request: new Request('http://gateway.invalid/'),
  openTimeout: 1,
  runtime,
  counting: undefined,
  onEnd: (end) => ends.push(end),
});

describe('without sockets', () => {
  test('a runtime refuses, before anything is asked', async () => {
    for (const runtime of [{}, { WebSocket }, { accept: () => ({}) as never }]) {
      const ends: SocketPassEnd[] = [];
      expect(await rejection(passSocket(vainPass(runtime, ends)))).toMatchObject({ code: 'sockets_unsupported' });
      expect(ends).toEqual([{ characters: 0, bytes: 0, code: 4501 }]);
    }
    const refusal = new Refusal('not_granted', 'No.');
    const request = new Request('http://gateway.invalid/');
    expect(refuseSocket(refusal, 'saylight.v1', {}, request).status).toBe(403);
  });
});
