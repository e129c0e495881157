import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createTransport } from '../../src/core/create-transport.ts';
import type { Transport } from '../../src/core/http-transport.ts';
import { readJson, type Reply } from '../../src/core/reply.ts';
import type { SpeechClientOptions } from '../../src/core/client-options.ts';
import { closed, sendJson, startHttpServer, writeChunk } from '../support/http-server.ts';
import { rejection, speechError } from '../support/rejection.ts';

const request = { method: 'POST', path: '/v1/thing', body: { text: 'Hi', seed: null, model_id: undefined } } as const;
const retry = { attempts: 3, minDelay: 0.001, maxDelay: 0.002 };

const ask = async (options: SpeechClientOptions, signal?: AbortSignal): Promise<unknown> =>
  readJson(await createTransport({ retry, ...options }).send(request, { signal }), () => true);

const isPlain = (receiver: unknown): boolean => receiver === undefined || receiver === globalThis;

describe('a request', () => {
  test('carries the key, the headers of client and call, and its body as JSON', async () => {
    const { url, requests } = await startHttpServer((response) => sendJson(response, { done: true }));
    const transport = createTransport({
      baseUrl: `${url}/gateway/`,
      apiKey: 'k',
      headers: { 'x-app': 'a', 'x-b': '1' },
    });
    const reply = await transport.send({ ...request, query: { a: 1 } }, { headers: { 'x-b': '2' } });
    expect(await readJson(reply, () => true)).toEqual({ done: true });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: 'POST', path: '/gateway/v1/thing', body: '{"text":"Hi","seed":null}' });
    expect(requests[0]?.query.get('a')).toBe('1');
    expect(requests[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'xi-api-key': 'k',
      'x-app': 'a',
      'x-b': '2',
    });
    expect(requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('goes without credentials and without a content type where there is none of them', async () => {
    const { url, requests } = await startHttpServer((response) => sendJson(response, []));
    await createTransport({ baseUrl: url }).send({ method: 'GET', path: '/v1/models' });
    for (const name of ['xi-api-key', 'authorization', 'content-type']) {
      expect(requests[0]?.headers).not.toHaveProperty(name);
    }
  });

  test('tells the request id and the cost', async () => {
    const headers = { 'request-id': 'r-7', 'character-cost': '12' };
    const { url } = await startHttpServer((response, _request, index) =>
      sendJson(response, {}, 200, index ? {} : headers),
    );
    const transport = createTransport({ baseUrl: url });
    expect(await transport.send(request)).toMatchObject({ requestId: 'r-7', characterCost: 12 });
    expect(await transport.send(request)).toMatchObject({ requestId: undefined, characterCost: undefined });
  });
});

describe('a retry', () => {
  test.each([408, 429, 500, 502, 503, 504])('follows a %i', async (status) => {
    const { url, requests } = await startHttpServer((response, _request, index) =>
      index < 2 ? sendJson(response, {}, status) : sendJson(response, 'good'),
    );
    expect(await ask({ baseUrl: url })).toBe('good');
    expect(requests.map(({ body }) => body)).toEqual(Array(3).fill('{"text":"Hi","seed":null}'));
  });

  test('follows a network failure', async () => {
    const { url, requests } = await startHttpServer((response, _request, index) =>
      index < 2 ? void response.destroy() : sendJson(response, 'good'),
    );
    expect(await ask({ baseUrl: url })).toBe('good');
    expect(requests).toHaveLength(3);
  });

  test('ends with the last error', async () => {
    const { url, requests } = await startHttpServer((response, _request, index) =>
      sendJson(response, { detail: { code: `busy_${index}` } }, 503, { 'request-id': `r-${index}` }),
    );
    expect(await speechError(ask({ baseUrl: url }))).toMatchObject({
      code: 'server',
      status: 503,
      requestId: 'r-2',
      detail: { code: 'busy_2' },
    });
    expect(requests).toHaveLength(3);
  });

  test('is never made where the policy says so', async () => {
    const { url, requests } = await startHttpServer((response) => sendJson(response, {}, 500));
    await speechError(ask({ baseUrl: url, retry: false }));
    expect(requests).toHaveLength(1);
  });

  test.each([400, 401, 402, 403, 404, 409, 422])('does not follow a %i', async (status) => {
    const { url, requests } = await startHttpServer((response) => sendJson(response, {}, status));
    expect((await speechError(ask({ baseUrl: url, apiKey: 'k' }))).status).toBe(status);
    expect(requests).toHaveLength(1);
  });

  test('does not follow a used-up quota, whatever its status', async () => {
    const body = { detail: { status: 'quota_exceeded', message: 'no' } };
    const { url, requests } = await startHttpServer((response) => sendJson(response, body, 429));
    expect((await speechError(ask({ baseUrl: url }))).code).toBe('quota-exceeded');
    expect(requests).toHaveLength(1);
  });

  test('waits no longer and no shorter than Retry-After', async () => {
    const long = { ...retry, minDelay: 1000, maxDelay: 1000 };
    const { url, requests } = await startHttpServer((response, _request, index) =>
      index < 2 ? sendJson(response, {}, 429, { 'retry-after': '0' }) : sendJson(response, 'good'),
    );
    expect(await ask({ baseUrl: url, retry: long })).toBe('good');
    expect(requests).toHaveLength(3);
  });

  test('is left to the caller when Retry-After is over a minute', async () => {
    const { url, requests } = await startHttpServer((response) => sendJson(response, {}, 429, { 'retry-after': '61' }));
    expect(await speechError(ask({ baseUrl: url }))).toMatchObject({ code: 'rate-limited', retryAfter: 61 });
    expect(requests).toHaveLength(1);
  });

  test('never follows once the reply has begun', async () => {
    const { url, requests } = await startHttpServer(async (response) => {
      await writeChunk(response, '{"half":');
      response.destroy();
    });
    expect(await speechError(ask({ baseUrl: url }))).toMatchObject({ code: 'network', status: undefined });
    expect(requests).toHaveLength(1);
  });

  test('ends its wait at once when the caller aborts, and leaves no listener', async () => {
    const caller = new AbortController();
    const reason = { any: 'value' };
    const { url, requests } = await startHttpServer((response) => sendJson(response, {}, 429, { 'retry-after': '60' }));
    const pending = rejection(ask({ baseUrl: url }, caller.signal));
    await expect.poll(() => getEventListeners(caller.signal, 'abort').length > 0 && requests.length).toBe(1);
    setTimeout(() => caller.abort(reason), 20);
    expect(await pending).toBe(reason);
    expect(requests).toHaveLength(1);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });
});

describe('an abort', () => {
  test('before the request sends nothing', async () => {
    const { url, requests } = await startHttpServer((response) => sendJson(response, {}));
    const reason = new Error('mine');
    expect(await rejection(ask({ baseUrl: url }, AbortSignal.abort(reason)))).toBe(reason);
    expect(requests).toHaveLength(0);
  });

  test('before the headers closes the connection and gives the reason', async () => {
    const caller = new AbortController();
    const gone = new Promise<void>((resolve) => {
      void startHttpServer(async (response) => {
        caller.abort('enough');
        await closed(response);
        resolve();
      }).then(({ url }) =>
        rejection(ask({ baseUrl: url }, caller.signal)).then((error) => expect(error).toBe('enough')),
      );
    });
    await gone;
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });

  test('in the body closes the connection and gives the reason', async () => {
    const caller = new AbortController();
    let gone: Promise<void> | undefined;
    const { url } = await startHttpServer(async (response) => {
      gone = closed(response);
      await writeChunk(response, '[1,');
    });
    const reply = await createTransport({ baseUrl: url }).send(request, { signal: caller.signal });
    expect(new TextDecoder().decode(await reply.body.read())).toBe('[1,');
    const next = rejection(reply.body.read());
    caller.abort('enough');
    expect(await next).toBe('enough');
    expect(await rejection(reply.body.read())).toBe('enough');
    await gone;
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });

  test('is heard even where fetch ignores signals', async () => {
    const caller = new AbortController();
    const pending = rejection(ask({ fetch: () => new Promise(() => {}) }, caller.signal));
    caller.abort('enough');
    expect(await pending).toBe('enough');
  });

  test('leaves no listener after a reply that was read', async () => {
    const caller = new AbortController();
    const { url } = await startHttpServer((response) => sendJson(response, {}));
    await ask({ baseUrl: url }, caller.signal);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });
});

describe('a timeout', () => {
  test('ends a request whose headers do not come, and is not retried', async () => {
    const { url, requests } = await startHttpServer(() => {});
    expect(await speechError(ask({ baseUrl: url, timeout: 0.05 }))).toMatchObject({
      code: 'timeout',
      status: undefined,
    });
    expect(requests).toHaveLength(1);
  });

  test('of the call goes before that of the client', async () => {
    const { url } = await startHttpServer(() => {});
    const transport = createTransport({ baseUrl: url, timeout: Infinity });
    expect((await speechError(transport.send(request, { timeout: 0.05 }))).code).toBe('timeout');
  });

  test('does not count while the body comes', async () => {
    const { url } = await startHttpServer(async (response) => {
      for (const piece of ['[', '1', ',', '2', ']']) {
        await writeChunk(response, piece);
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      response.end();
    });
    expect(await ask({ baseUrl: url, timeout: 0.2 })).toEqual([1, 2]);
  });

  test('ends a body that stalls, and closes the connection', async () => {
    let gone: Promise<void> | undefined;
    const { url } = await startHttpServer(async (response) => {
      gone = closed(response);
      await writeChunk(response, '[1,');
    });
    expect((await speechError(ask({ baseUrl: url, idleTimeout: 0.05 }))).code).toBe('timeout');
    await gone;
  });

  test('ends the wait for the body of an error, which stays the error', async () => {
    const { url } = await startHttpServer(async (response) => {
      response.writeHead(404, { 'content-type': 'application/json' });
      await writeChunk(response, '{"detail":');
    });
    expect(await speechError(ask({ baseUrl: url, idleTimeout: 0.05 }))).toMatchObject({
      code: 'not-found',
      status: 404,
    });
  });

  test('ends an error’s body that drips without end, and closes the connection', async () => {
    let gone: Promise<void> | undefined;
    const { url } = await startHttpServer(async (response) => {
      gone = closed(response);
      response.writeHead(404, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 10);
      await gone;
      clearInterval(drip);
    });
    expect((await speechError(ask({ baseUrl: url, idleTimeout: 0.1 }))).code).toBe('not-found');
    await gone;
  });

  test.each([-1, NaN, 'soon'])('of %s is refused before any request', async (value) => {
    const timeout = value as number;
    const { url, requests } = await startHttpServer((response) => sendJson(response, {}));
    expect(() => createTransport({ baseUrl: url, timeout })).toThrow(TypeError);
    expect(() => createTransport({ baseUrl: url, idleTimeout: timeout })).toThrow(/idleTimeout/);
    expect(() => createTransport({ baseUrl: url, retry: { attempts: value as number } })).toThrow(/attempts/);
    expect(await rejection(createTransport({ baseUrl: url }).send(request, { timeout }))).toBeInstanceOf(TypeError);
    expect(requests).toHaveLength(0);
  });

  test('of a token function that does not answer says so, and the next call asks it anew', async () => {
    const { url } = await startHttpServer((response) => sendJson(response, {}));
    let asked = 0;
    const token = (): string | Promise<string> => ((asked += 1) === 1 ? new Promise<string>(() => {}) : 'good');
    const transport = createTransport({ baseUrl: url, token, timeout: 0.05 });
    const error = await speechError(transport.send(request));
    expect(error.code).toBe('timeout');
    expect(error.message).toContain('token');
    await transport.send(request);
    expect(asked).toBe(2);
  });
});

describe('a reply', () => {
  test.each([
    ['HTML', '<html>bad gateway</html>'],
    ['broken JSON', '{"detail": {"code": "x"'],
    ['nothing', ''],
    ['a plain string', '{"detail":"Not allowed"}'],
    ['too much', `{"detail":"${'x'.repeat(200_000)}"}`],
  ])('that tells of an error with %s keeps its status', async (_name, body) => {
    const { url } = await startHttpServer((response) => {
      response.writeHead(403, { 'content-type': 'application/json', 'x-trace-id': 't-1' });
      response.end(body);
    });
    expect(await speechError(ask({ baseUrl: url }))).toMatchObject({
      code: 'forbidden',
      status: 403,
      requestId: 't-1',
    });
  });

  test('that redirects is refused, so that the key goes nowhere else', async () => {
    const other = await startHttpServer((response) => sendJson(response, {}));
    const { url } = await startHttpServer((response) => void response.writeHead(307, { location: other.url }).end());
    expect(await speechError(ask({ baseUrl: url, apiKey: 'k' }))).toMatchObject({ code: 'protocol', status: 307 });
    expect(other.requests).toHaveLength(0);
  });

  test('that a browser shows as an opaque redirect is refused', async () => {
    const opaque = { ok: false, status: 0, type: 'opaqueredirect', headers: new Headers(), body: null } as Response;
    expect(await speechError(ask({ fetch: async () => opaque }))).toMatchObject({
      code: 'protocol',
      status: undefined,
    });
  });

  test.each([
    ['is not JSON', 'no'],
    ['is cut off', '{"a":'],
    ['is empty', ''],
    ['is another thing', '7'],
  ])('that %s is told as such', async (_name, body) => {
    const { url } = await startHttpServer((response) => void response.writeHead(200, { 'request-id': 'r' }).end(body));
    const transport: Transport = createTransport({ baseUrl: url });
    const reply: Reply = await transport.send(request);
    expect(await speechError(readJson<unknown[]>(reply, (list) => list.length > 0))).toMatchObject({
      code: 'protocol',
      requestId: 'r',
    });
  });

  test('that nobody sends is a network error with its cause', async () => {
    const { url } = await startHttpServer(() => {});
    const cause = new TypeError('refused');
    const fetch = (): Promise<Response> => Promise.reject(cause);
    expect(await speechError(ask({ baseUrl: url, fetch }))).toMatchObject({ code: 'network', cause });
    expect(await speechError(ask({ baseUrl: 'http://127.0.0.1:1' }))).toMatchObject({ code: 'network' });
  });
});

describe('the fetch of the runtime', () => {
  test('is looked up at each call and called as a plain function', async () => {
    const transport = createTransport({ baseUrl: 'http://nowhere.invalid' });
    const own = globalThis.fetch;
    let receiver: boolean | undefined;
    globalThis.fetch = async function stub(this: unknown) {
      receiver = isPlain(this);
      return Response.json('stub');
    };
    try {
      expect(await readJson(await transport.send(request), () => true)).toBe('stub');
    } finally {
      globalThis.fetch = own;
    }
    expect(receiver).toBe(true);
  });
});

test.each(['', 'api.host', 'ftp://host', 'http://user:pass@host', 'http://host/?a=b', 'http://host/#x', '/relative'])(
  'the base URL %j is refused',
  (baseUrl) => {
    expect(() => createTransport({ baseUrl })).toThrow(TypeError);
  },
);
