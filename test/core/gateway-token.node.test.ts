import { inspect } from 'node:util';
import { afterEach, describe, expect, inject, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Fetch, SpeechClientOptions } from '../../src/core/client-options.ts';
import { createTransport } from '../../src/core/create-transport.ts';
import { createSpeechClient, type SpeechClient } from '../../src/core/index.ts';
import { createGate } from '../support/gate.ts';
import { closed, sendJson, startHttpServer, type Handler, type HttpServer } from '../support/http-server.ts';
import { hear } from '../support/heard-speech.ts';
import { PageSocket } from '../support/page-socket.ts';
import { rejection, speechError } from '../support/rejection.ts';
import { finalFrame, frameOf, startSocketServer, type SocketHandler } from '../support/socket-server.ts';
import { socketCalls, speakOnce } from '../support/speak-once.ts';

const voiceId = 'kal16UsEnglishMale01';
const said = 'Hello there.';
const format = { outputFormat: 'pcm_8000' } as const;
const request = { method: 'GET', path: '/v1/models' } as const;
const hour = 3_600_000;

// The machine may be busy.
vi.setConfig({ testTimeout: 60_000 });

afterEach(() => void vi.useRealTimers());

/** An address that gives token after token, and the requests that it got. */
async function startTokenServer(): Promise<HttpServer & { readonly token: URL }> {
  return withAddress((response, _request, index) =>
    sendJson(response, { token: `a.b.t${index + 1}`, expiresAt: Date.now() + hour }),
  );
}

async function withAddress(handler: Handler): Promise<HttpServer & { readonly token: URL }> {
  const server = await startHttpServer(handler);
  return { ...server, token: new URL('/speech/token', server.url) };
}

/** An address that gives one token and then refuses. */
const refusingAfterOne = (status: number, body: object = {}): Promise<HttpServer & { readonly token: URL }> =>
  withAddress((response, _request, index) =>
    index === 0
      ? sendJson(response, { token: 'a.b.t1', expiresAt: Date.now() + hour })
      : sendJson(response, body, status),
  );

describe('the address of a gateway', () => {
  test('is asked for a token by POST, as the page that it is asked by', async () => {
    const { url, requests } = await startTokenServer();
    const { url: service, requests: served } = await startHttpServer((response) => sendJson(response, []));
    const inits: RequestInit[] = [];
    const watched: Fetch = (address, init) => {
      if (address.startsWith(url)) inits.push(init);
      return fetch(address, init);
    };
    const token = new URL(`${url}/speech/token/?user=7`);
    const headers = { 'x-app': 'a' };
    await createTransport({ baseUrl: service, token, headers, fetch: watched }).send(request);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: 'POST', path: '/speech/token/', body: '{}' });
    expect(requests[0]?.query.get('user')).toBe('7');
    expect(requests[0]?.headers).toMatchObject({ 'content-type': 'application/json', 'x-app': 'a' });
    expect(requests[0]?.headers).not.toHaveProperty('authorization');
    expect(inits).toMatchObject([{ credentials: 'include', redirect: 'manual' }]);
    expect(served[0]?.headers.authorization).toBe('Bearer a.b.t1');
  });

  test('is all that a speech needs', async () => {
    const { token, requests } = await startTokenServer();
    const client = createSpeechClient({ baseUrl: inject('speechServerUrl'), token });
    const { bytes, words } = await hear(
      client.textToSpeech.streamWithTimestamps(voiceId, { text: said }, format),
      said,
    );
    expect(bytes).toBeGreaterThan(1000);
    expect(words.map(({ text }) => text)).toEqual(['Hello', 'there']);
    expect(requests).toHaveLength(1);
  });

  test('is asked once by calls at the same time, and again before the end of its token', async () => {
    const { token, requests } = await startTokenServer();
    const { url } = await startHttpServer((response) => sendJson(response, []));
    const transport = createTransport({ baseUrl: url, token });
    await Promise.all([transport.send(request), transport.send(request)]);
    await transport.send(request);
    expect(requests).toHaveLength(1);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hour - 20_000 });
    await transport.send(request);
    expect(requests).toHaveLength(2);
  });

  test('is asked once more after a 401, once for all calls that met it', async () => {
    const { token, requests } = await startTokenServer();
    const { url } = await startHttpServer(async (response, { headers }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      sendJson(response, [], headers.authorization === 'Bearer a.b.t2' ? 200 : 401);
    });
    const transport = createTransport({ baseUrl: url, token, retry: false });
    await Promise.all([transport.send(request), transport.send(request)]);
    expect(requests).toHaveLength(2);
    const { url: refusing } = await startHttpServer((response) => sendJson(response, {}, 401));
    const error = await speechError(createTransport({ baseUrl: refusing, token }).send(request));
    expect(error).toMatchObject({ code: 'unauthorized', status: 401 });
    expect(requests).toHaveLength(4);
  });

  test.each([
    [401, 'not_authorized', 'unauthorized'],
    [402, 'quota_exceeded', 'quota-exceeded'],
    [403, 'origin_refused', 'forbidden'],
    [404, undefined, 'not-found'],
  ])('that answers %i %s makes the call fail with that, at once', async (status, code, expected) => {
    const { token, requests } = await withAddress((response) => sendJson(response, { detail: { code } }, status));
    const error = await speechError(createTransport({ token }).send(request));
    expect(error).toMatchObject({ code: expected, status, detail: { code } });
    expect(error.message).toMatch(/^No token came from its address\. /);
    expect(error.message).toContain(String(status));
    expect(requests).toHaveLength(1);
  });

  test('that is busy is asked again, as often as the call may be', async () => {
    const { token, requests } = await withAddress((response) => sendJson(response, {}, 503, { 'retry-after': '0' }));
    const error = await speechError(createTransport({ token, retry: { attempts: 3 } }).send(request));
    expect(error).toMatchObject({ code: 'server', status: 503 });
    expect(requests).toHaveLength(3);
  });

  test('that nobody is at is a network error', async () => {
    const token = new URL('http://127.0.0.1:1/speech/token');
    expect(await speechError(createTransport({ token, retry: false }).send(request))).toMatchObject({
      code: 'network',
    });
  });

  const bad: Readonly<Record<string, Handler>> = {
    'no JSON': (response) => void response.end('<!doctype html>'),
    'no token': (response) => sendJson(response, {}),
    null: (response) => sendJson(response, null),
    'a token that no header can hold': (response) => sendJson(response, { token: 'sec\nret' }),
    'a token that no subprotocol can be named after': (response) => sendJson(response, { token: 'sec ret' }),
    'a token of another type': (response) => sendJson(response, { token: ['sec.ret'] }),
    'an end that is no number': (response) => sendJson(response, { token: 'sec.ret', expiresAt: 'soon' }),
    'a redirect': (response) => void response.writeHead(307, { location: '/elsewhere' }).end(),
  };
  test.each(Object.entries(bad))(
    'that answers with %s is told of, and nothing of the answer',
    async (_name, handler) => {
      const { token, requests } = await withAddress(handler);
      const error = await speechError(createTransport({ token }).send(request));
      expect(error.code).toBe('protocol');
      expect(inspect(error)).not.toMatch(/sec|doctype|elsewhere/);
      expect(requests).toHaveLength(1);
    },
  );

  test('that does not answer is waited for no longer than the call, and asked anew by the next one', async () => {
    const gate = createGate();
    const { token, requests } = await withAddress(async (response, _request, index) => {
      if (index > 0) return sendJson(response, { token: 'a.b.c', expiresAt: Date.now() + hour });
      await closed(response);
      gate.open();
    });
    const { url } = await startHttpServer((response) => sendJson(response, []));
    const transport = createTransport({ baseUrl: url, token, timeout: 0.2 });
    expect((await speechError(transport.send(request))).code).toBe('timeout');
    await gate.opened;
    await transport.send(request);
    expect(requests).toHaveLength(2);
  });

  test.each([
    [new URL('ftp://example.org/token')],
    [new URL('https://sec:ret@example.org/token')],
    [new URL('data:application/json,{}')],
    [null],
    [Promise.resolve('sec-ret')],
  ])('can not be %s', (token) => {
    const create = (): unknown => createTransport({ token: token as URL });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(/^token must be/);
    expect(create).not.toThrow(/sec/);
  });

  test('does not go with an API key', () => {
    expect(() => createTransport({ apiKey: 'k', token: new URL('https://example.org/token') })).toThrow(TypeError);
  });
});

/** Says what it is asked to say. */
const speaking: SocketHandler = {
  message({ send }, message) {
    const id = message['context_id'] as string | undefined;
    if (message['text'] === '' || message['flush'] === true) send(frameOf(said, 100, id));
    if (message['text'] === '' || message['close_context'] === true) send(finalFrame(id));
  },
};

/** Refuses handshakes as a gateway does: by a socket that is closed at once. */
const refusing = (close: (index: number) => readonly [code: number, reason?: string] | undefined): SocketHandler => ({
  ...speaking,
  open({ socket }, index) {
    const how = close(index);
    if (how) socket.close(...how);
  },
});

function createClient(options: SpeechClientOptions): SpeechClient {
  return createSpeechClient({ WebSocket: PageSocket, retry: { attempts: 3, minDelay: 0 }, ...options });
}

describe.each(socketCalls)('a WebSocket by %s to a gateway', (call) => {
  test.each([
    ['takes headers', WebSocket],
    ['takes none', PageSocket],
  ])(
    'is proved by a fresh single-use token in its subprotocol, and by nothing else, where it %s',
    async (_name, WebSocketClass) => {
      const { token, requests } = await startTokenServer();
      const { url, connections } = await startSocketServer(speaking);
      const client = createClient({
        baseUrl: url,
        token,
        WebSocket: WebSocketClass,
        tokenInQuery: true,
        headers: { authorization: 'Bearer of-the-app' },
      });
      for (let index = 0; index < 2; index += 1) expect((await speakOnce(client, said, call)).error).toBeUndefined();
      expect(requests.map(({ body }) => body)).toEqual(['{"singleUse":true}', '{"singleUse":true}']);
      for (const { headers } of requests) expect(headers.authorization).toBe('Bearer of-the-app');
      for (const [index, { headers, query, messages, socket }] of connections.entries()) {
        expect(headers['sec-websocket-protocol']).toMatch(
          new RegExp(`^saylight\\.v1, ?saylight\\.token\\.a\\.b\\.t${index + 1}$`),
        );
        expect(socket.protocol).toBe('saylight.v1');
        expect(headers.authorization).toBeUndefined();
        expect(JSON.stringify([String(query), messages])).not.toMatch(/a\.b\.t|authorization|api_key/);
      }
      expect(connections).toHaveLength(2);
    },
  );

  test.each([1001, 1006])('goes on after a %i with another token', async (code) => {
    const { token, requests } = await startTokenServer();
    const { url, connections } = await startSocketServer({
      ...speaking,
      open({ socket }, index) {
        if (index === 0) socket.once('message', () => (code === 1006 ? socket.terminate() : socket.close(code)));
      },
    });
    const { error, words } = await speakOnce(createClient({ baseUrl: url, token }), said, call);
    expect(error).toBeUndefined();
    expect(words.map(({ text }) => text)).toEqual(['Hello', 'there']);
    expect([requests.length, connections.length]).toEqual([2, 2]);
  });

  test('that is refused for its token gets another one, once', async () => {
    const { token, requests } = await startTokenServer();
    const { url } = await startSocketServer(refusing((index) => (index === 0 ? [4401, 'token_used'] : undefined)));
    expect((await speakOnce(createClient({ baseUrl: url, token }), said, call)).error).toBeUndefined();
    expect(requests).toHaveLength(2);

    const { url: never, connections } = await startSocketServer(refusing(() => [4401, 'token_used']));
    const { error } = await speakOnce(createClient({ baseUrl: never, token }), said, call);
    expect(error).toMatchObject({ code: 'unauthorized', detail: { code: 'token_used' }, unspokenText: said });
    expect([requests.length, connections.length]).toEqual([4, 2]);
  });

  test.each([
    [4402, 'quota_exceeded', 'quota-exceeded'],
    [4403, 'not_granted', 'forbidden'],
    [4403, 'disclosure_required', 'forbidden'],
    [4400, 'text_too_long', 'invalid-request'],
  ])('that is closed with %i %s is not tried again', async (code, reason, expected) => {
    const { token, requests } = await startTokenServer();
    const { url, connections } = await startSocketServer(refusing(() => [code, reason]));
    const { error } = await speakOnce(createClient({ baseUrl: url, token }), said, call);
    expect(error).toMatchObject({ code: expected, detail: { code: reason }, unspokenText: said });
    expect([requests.length, connections.length]).toEqual([1, 1]);
  });

  test.each([
    [4429, 'too_many_requests', 'rate-limited'],
    [4502, 'upstream_failed', 'server'],
  ])('that is closed with %i %s is tried again with a token for each try', async (code, reason, expected) => {
    const { token, requests } = await startTokenServer();
    const { url, connections } = await startSocketServer(refusing(() => [code, reason]));
    const { error } = await speakOnce(createClient({ baseUrl: url, token }), said, call);
    expect(error).toMatchObject({ code: expected, unspokenText: said });
    expect([requests.length, connections.length]).toEqual([3, 3]);
  });

  test.each([
    [401, 'not_authorized', 'unauthorized'],
    [402, 'quota_exceeded', 'quota-exceeded'],
    [403, 'not_granted', 'forbidden'],
  ])(
    'that is to go on when the address answers %i %s fails with that, and with the rest of the text',
    async (status, code, expected) => {
      const { token, requests } = await refusingAfterOne(status, { detail: { code } });
      const { url, connections } = await startSocketServer({
        open: ({ socket }) => void socket.once('message', () => socket.terminate()),
      });
      const { error } = await speakOnce(createClient({ baseUrl: url, token }), said, call);
      expect(error).toMatchObject({ code: expected, status, detail: { code }, unspokenText: said });
      expect((error as Error).message).toMatch(/^No token came from its address\. /);
      expect([requests.length, connections.length]).toEqual([2, 1]);
    },
  );

  test('opens once the address can be reached again', async () => {
    const { token, requests } = await withAddress((response, _request, index) =>
      index < 2 ? void response.destroy() : sendJson(response, { token: 'a.b.c', expiresAt: Date.now() + hour }),
    );
    const { url } = await startSocketServer(speaking);
    expect((await speakOnce(createClient({ baseUrl: url, token }), said, call)).error).toBeUndefined();
    expect(requests).toHaveLength(3);
  });

  test('waits for its token no longer than for the connection, and is left at once', async () => {
    let left = 0;
    const { token } = await withAddress(async (response) => {
      await closed(response);
      left += 1;
    });
    const client = createClient({ baseUrl: 'http://127.0.0.1:1', token });
    const late = client.textToSpeech[call](voiceId, { ...format, timeout: 0.1 });
    const speech = 'createContext' in late ? late.createContext() : late;
    void speech.send(said);
    expect((await hear(speech, said)).error).toMatchObject({ code: 'timeout', unspokenText: said });
    const session = client.textToSpeech[call](voiceId, format);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await session.close();
    await expect.poll(() => left).toBe(2);
    await late.close();
  });

  test('has the single-use token of the service instead, where there is one', async () => {
    const { token, requests } = await startTokenServer();
    const { url, connections } = await startSocketServer(speaking);
    expect(
      (await speakOnce(createClient({ baseUrl: url, token, singleUseToken: 'once' }), said, call)).error,
    ).toBeUndefined();
    expect(connections[0]?.query.get('single_use_token')).toBe('once');
    expect(connections[0]?.headers['sec-websocket-protocol']).toBeUndefined();
    expect(requests).toHaveLength(0);
  });
});

test('a token for sockets is no token for requests, nor the other way round', async () => {
  const { token, requests } = await startTokenServer();
  const { url } = await startSocketServer(speaking);
  const { url: service, requests: served } = await startHttpServer((response) => sendJson(response, []));
  // One client, whose requests and sockets go to different servers.
  const fetchFrom: Fetch = (address, init) => fetch(address.replace(url, service), init);
  const client = createClient({ baseUrl: url, token, fetch: fetchFrom });
  await client.models.list();
  expect((await speakOnce(client, said)).error).toBeUndefined();
  await client.models.list();
  expect(requests.map(({ body }) => body)).toEqual(['{}', '{"singleUse":true}']);
  expect(served.map(({ headers }) => headers.authorization)).toEqual(['Bearer a.b.t1', 'Bearer a.b.t1']);
});

test('a call that is aborted while its token is on its way rejects with the reason', async () => {
  const { token } = await withAddress(() => {});
  const caller = new AbortController();
  const pending = rejection(createTransport({ token }).send(request, { signal: caller.signal }));
  caller.abort('enough');
  expect(await pending).toBe('enough');
});
