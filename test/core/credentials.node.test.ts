import { afterEach, describe, expect, test, vi } from 'vitest';
import { createCredentials, type TokenSource } from '../../src/core/credentials.ts';
import { createTransport } from '../../src/core/create-transport.ts';
import { sendJson, startHttpServer } from '../support/http-server.ts';
import { rejection, speechError } from '../support/rejection.ts';

const jwt = (payload: object): string =>
  ['{}', JSON.stringify(payload), 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.');

const valueOf = async (token: TokenSource): Promise<string | undefined> =>
  (await createCredentials({ token }).header())?.[1];

/** A token function that counts its calls, and credentials made from it. */
function counting(answer: (call: number) => ReturnType<Exclude<TokenSource, string | URL>>) {
  let calls = 0;
  const credentials = createCredentials({ token: () => answer((calls += 1)) });
  return { credentials, calls: () => calls };
}

afterEach(() => {
  vi.useRealTimers();
  Reflect.deleteProperty(globalThis, 'document');
  Reflect.deleteProperty(globalThis, 'importScripts');
});

describe('an API key', () => {
  test('is sent in its own header', async () => {
    expect(await createCredentials({ apiKey: 'k' }).header()).toEqual(['xi-api-key', 'k']);
  });

  test.each(['document', 'importScripts'])('is refused where there is %s, unless the app insists', (name) => {
    Object.defineProperty(globalThis, name, { value: {}, configurable: true });
    expect(() => createCredentials({ apiKey: 'secret' })).toThrow(/^A page must not hold apiKey: pass token/);
    expect(() => createCredentials({ apiKey: 'secret', allowApiKeyInBrowser: true })).not.toThrow();
    expect(() => createCredentials({ token: 'token' })).not.toThrow();
  });

  test('does not go with a token', () => {
    expect(() => createCredentials({ apiKey: 'k', token: 't' })).toThrow(TypeError);
  });

  test.each(['', ' ', 'secret\n', 'sec ret', 'sécret', 7])('of %j is refused without being shown', (value) => {
    for (const options of [{ apiKey: value as string }, { token: value as string }]) {
      expect(() => createCredentials(options)).toThrow(/is empty or no header value/);
      expect(() => createCredentials(options)).not.toThrow(/s.{1,2}cret/);
    }
  });
});

describe('a token', () => {
  test('may be a string, or come from a function in four ways', async () => {
    const answers: TokenSource[] = [
      't',
      () => 't',
      async () => 't',
      () => ({ token: 't' }),
      async () => ({ token: 't' }),
    ];
    expect(await Promise.all(answers.map(valueOf))).toEqual(Array(5).fill('Bearer t'));
  });

  test('is asked for once by calls at the same time, and kept', async () => {
    const { credentials, calls } = counting(async (call) => `t${call}`);
    await Promise.all([credentials.header(), credentials.header(), credentials.header()]);
    expect(await credentials.header()).toEqual(['authorization', 'Bearer t1']);
    expect(calls()).toBe(1);
  });

  test.each<[string, (end: number) => ReturnType<Exclude<TokenSource, string | URL>>]>([
    ['expiresAt', (end) => ({ token: 't', expiresAt: end })],
    ['the exp of a JWT', (end) => jwt({ exp: end / 1000, name: 'Zoë?>' })],
  ])('is asked for again before its end by %s', async (_name, answer) => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const { credentials, calls } = counting(() => answer(Date.now() + 600_000));
    await credentials.header();
    vi.setSystemTime(Date.now() + 569_000);
    await credentials.header();
    expect(calls()).toBe(1);
    vi.setSystemTime(Date.now() + 2_000);
    await credentials.header();
    expect(calls()).toBe(2);
  });

  test('that lives shortly is used for most of its life', async () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    const { credentials, calls } = counting(() => ({ token: 't', expiresAt: Date.now() + 10_000 }));
    await credentials.header();
    vi.setSystemTime(Date.now() + 7_000);
    await credentials.header();
    expect(calls()).toBe(1);
    vi.setSystemTime(Date.now() + 2_000);
    await credentials.header();
    expect(calls()).toBe(2);
  });

  test.each(['a.b.c', 'a.e30.c', 'opaque', `a.${Buffer.from('{"exp":"soon"}').toString('base64url')}.c`, 'a.bnVsbA.c'])(
    'of no known end is kept: %s',
    async (token) => {
      const { credentials, calls } = counting(() => token);
      await credentials.header();
      await credentials.header();
      expect(calls()).toBe(1);
    },
  );

  test('whose function fails is an error with its cause, and is asked for again next time', async () => {
    const cause = new Error('secret details');
    const { credentials, calls } = counting((call) => {
      if (call === 1) throw cause;
      return call === 2 ? Promise.reject(cause) : 'good';
    });
    for (let failures = 0; failures < 2; failures += 1) {
      const error = await speechError(credentials.header());
      expect(error).toMatchObject({ code: 'unauthorized', cause });
      expect(error.message).not.toContain('secret');
    }
    expect(await credentials.header()).toEqual(['authorization', 'Bearer good']);
    expect(calls()).toBe(3);
  });

  test.each([undefined, null, '', {}, { token: 5 }, 'a b'])('that is %j is an error', async (answer) => {
    expect((await speechError(createCredentials({ token: () => answer as string }).header())).code).toBe(
      'unauthorized',
    );
  });
});

describe('a 401', () => {
  const request = { method: 'GET', path: '/v1/models' } as const;

  test('makes the token be asked for once more, once for all calls that met it', async () => {
    const { url, requests } = await startHttpServer(async (response, { headers }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      sendJson(response, [], headers.authorization === 'Bearer t2' ? 200 : 401);
    });
    let calls = 0;
    const transport = createTransport({ baseUrl: url, retry: false, token: async () => `t${(calls += 1)}` });
    await Promise.all([transport.send(request), transport.send(request), transport.send(request)]);
    expect(calls).toBe(2);
    expect(requests).toHaveLength(6);
  });

  test('that comes again is thrown', async () => {
    const { url, requests } = await startHttpServer((response) => sendJson(response, {}, 401));
    let calls = 0;
    const transport = createTransport({ baseUrl: url, token: () => `secret${(calls += 1)}` });
    const error = await speechError(transport.send(request));
    expect(error).toMatchObject({ code: 'unauthorized', status: 401 });
    expect(error.message + JSON.stringify(error)).not.toContain('secret');
    expect([calls, requests.length]).toEqual([2, 2]);
  });

  test.each<[string, object, TokenSource]>([
    ['of a used-up quota', { detail: { status: 'quota_exceeded' } }, () => 't'],
    ['of a token that is a string', {}, 't'],
  ])('%s is thrown at once', async (_name, body, token) => {
    const { url, requests } = await startHttpServer((response) => sendJson(response, body, 401));
    await speechError(createTransport({ baseUrl: url, token }).send(request));
    expect(requests).toHaveLength(1);
  });

  test('does not use up an attempt', async () => {
    const statuses = [500, 401, 500, 200];
    const { url } = await startHttpServer((response, _request, index) => sendJson(response, [], statuses[index]));
    const retry = { attempts: 3, minDelay: 0, maxDelay: 0 };
    await createTransport({ baseUrl: url, token: () => 't', retry }).send(request);
  });
});

const never = (): Promise<string> => new Promise(() => {});

test('a token that never comes is left by abort and by timeout', async () => {
  const transport = createTransport({ token: never, timeout: 0.05 });
  const send = (signal?: AbortSignal): Promise<unknown> => transport.send({ method: 'GET', path: '/' }, { signal });
  expect((await speechError(send())).code).toBe('timeout');
  const caller = new AbortController();
  const pending = rejection(send(caller.signal));
  caller.abort('enough');
  expect(await pending).toBe('enough');
});
