import { describe, expect, inject, test } from 'vitest';
import type { UpstreamFailure } from '../../../src/edge/gateway-log.ts';
import type { WorkerSocket } from '../../../src/edge/sockets/accept-socket.ts';
import { passSocket, type SocketPass } from '../../../src/edge/sockets/pass-socket.ts';
import { refuseSocket } from '../../../src/edge/sockets/refuse-socket.ts';
import type { SocketCounting } from '../../../src/edge/sockets/socket-counting.ts';
import type { SocketPassEnd } from '../../../src/edge/sockets/socket-relay.ts';
import { Refusal } from '../../../src/edge/refusal.ts';
import { rejection } from '../../support/rejection.ts';

const service = inject('speechServerUrl');
const text = 'The old mill stands by the river. ';
const messages = [{ text: ' ' }, { text }, { text: '' }];
const unlimited: SocketCounting = {
  charactersPerRequest: undefined,
  sessionSeconds: undefined,
  idleSeconds: 60,
  reserve: undefined,
};

type Passed = Response & { readonly webSocket?: WorkerSocket | null };

/** What a page hears over a socket, and how that ends. */
interface Page {
  readonly socket: WorkerSocket;
  readonly frames: unknown[];
  readonly closed: Promise<{ readonly code: number | undefined; readonly reason: string | undefined }>;
  say(...said: readonly unknown[]): void;
}

function addressOf(query = '', call = 'stream-input'): string {
  return `${service}/v1/text-to-speech/kal16UsEnglishMale01/${call}?output_format=pcm_8000&${query}`;
}

/** A pass to the speech server, and how it ended. */
function passTo(url: string, own: Partial<SocketPass> = {}) {
  const ends: SocketPassEnd[] = [];
  let resolveEnd: ((end: SocketPassEnd) => void) | undefined;
  const ended = new Promise<SocketPassEnd>((resolve) => (resolveEnd = resolve));
  const protocols = 'saylight.v1, saylight.token.abc.def.ghi';
  const pass: SocketPass = {
    url,
    headers: new Headers({ 'xi-api-key': 'local' }),
    call: 'connect',
    protocol: 'saylight.v1',
    request: new Request('https://gateway.invalid/', {
      headers: { upgrade: 'websocket', 'sec-websocket-protocol': protocols },
    }),
    openTimeout: 10,
    runtime: {},
    counting: unlimited,
    onEnd: (end) => {
      ends.push(end);
      resolveEnd?.(end);
    },
    ...own,
  };
  return { pass, ends, ended };
}

function pageAt(response: Response): Page {
  const socket = (response as Passed).webSocket;
  if (!socket) throw new Error(`No socket came, but ${response.status}.`);
  const frames: unknown[] = [];
  socket.binaryType = 'arraybuffer';
  const closed: Page['closed'] = new Promise((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }));
  });
  socket.addEventListener('message', ({ data }) => void frames.push(data));
  socket.accept();
  const say = (...said: readonly unknown[]): void => {
    for (const message of said) socket.send(JSON.stringify(message));
  };
  return { socket, frames, closed, say };
}

/** What the service itself sends for `messages`. */
async function directFrames(url: string): Promise<readonly unknown[]> {
  const response = await fetch(url, { headers: { upgrade: 'websocket', 'xi-api-key': 'local' } });
  const page = pageAt(response);
  page.say(...messages);
  await page.closed;
  return page.frames;
}

function audioBytes(frames: readonly unknown[]): number {
  return frames.reduce<number>((sum, frame) => {
    const { audio } = JSON.parse(frame as string) as { readonly audio: string | null };
    return sum + (audio === null ? 0 : atob(audio).length);
  }, 0);
}

/** Why a pass comes to nothing. */
async function refused(url: string, own: Partial<SocketPass> = {}): Promise<unknown> {
  const error = await rejection(passSocket(passTo(url, own).pass));
  return (error as Refusal).code;
}

describe('in workerd, a socket that is passed on natively', () => {
  test('brings every frame as the service sent it, and selects nothing but the plain subprotocol', async () => {
    const { pass, ends } = passTo(addressOf(), { counting: undefined });
    const response = await passSocket(pass);
    expect(response.status).toBe(101);
    expect([...response.headers]).toEqual([['sec-websocket-protocol', 'saylight.v1']]);
    const page = pageAt(response);
    page.say(...messages);
    expect(await page.closed).toEqual({ code: 1000, reason: '' });
    expect(page.frames.length).toBeGreaterThan(3);
    expect(page.frames).toEqual(await directFrames(addressOf()));
    expect(ends).toEqual([]);
  });

  test('selects no subprotocol where none is to be', async () => {
    const response = await passSocket(passTo(addressOf(), { counting: undefined, protocol: undefined }).pass);
    expect([...response.headers]).toEqual([]);
    const page = pageAt(response);
    page.socket.close(1000);
    await page.closed;
  });
});

describe('in workerd, a socket that is counted', () => {
  test('brings every frame as the service sent it, after the handshake was answered', async () => {
    const { pass, ended } = passTo(addressOf());
    const response = await passSocket(pass);
    expect([...response.headers]).toEqual([['sec-websocket-protocol', 'saylight.v1']]);
    const page = pageAt(response);
    page.say(...messages);
    expect(await page.closed).toEqual({ code: 1000, reason: '' });
    expect(page.frames).toEqual(await directFrames(addressOf()));
    const bytes = page.frames.reduce<number>((sum, frame) => sum + (frame as string).length, 0);
    expect(await ended).toEqual({ characters: text.length, bytes, code: 1000 });
  });

  test('drops what may hold a key, and speaks the rest', async () => {
    const { pass, ended } = passTo(addressOf());
    const page = pageAt(await passSocket(pass));
    // The server would refuse this key if it saw it.
    const keys = { 'xi-api-key': 'invalid', xi_api_key: 'invalid', authorization: 'Bearer invalid' };
    page.say({ text: ' ', ...keys, single_use_token: 'x', model_id: 'other' }, { text, unknown: 1 }, { text: '' });
    expect(await page.closed).toMatchObject({ code: 1000 });
    expect(audioBytes(page.frames)).toBe(audioBytes(await directFrames(addressOf())));
    expect(await ended).toMatchObject({ characters: text.length });
  });

  test('speaks several contexts', async () => {
    const url = addressOf('', 'multi-stream-input');
    const { pass, ended } = passTo(url, { call: 'connectMulti' });
    const page = pageAt(await passSocket(pass));
    for (const context_id of ['one', 'two']) {
      page.say({ text: ' ', context_id }, { text, context_id, flush: true });
    }
    const isDone = (): boolean =>
      page.frames.filter((frame) => (frame as string).includes('"isFinal":true')).length === 2;
    await new Promise<void>((resolve) => {
      let closing = 0;
      page.socket.addEventListener('message', () => {
        if (closing === 0 && page.frames.length > 2) {
          closing = 1;
          page.say({ context_id: 'one', close_context: true }, { context_id: 'two', close_context: true });
        }
        if (isDone()) resolve();
      });
    });
    page.say({ close_socket: true });
    expect(await page.closed).toMatchObject({ code: 1000 });
    expect(await ended).toMatchObject({ characters: 2 * text.length, code: 1000 });
  });

  test('is closed with the status and code of what it goes beyond, and its text does not reach the service', async () => {
    const { pass, ended } = passTo(addressOf(), { counting: { ...unlimited, charactersPerRequest: text.length } });
    const page = pageAt(await passSocket(pass));
    page.say({ text: ' ' }, { text }, { text: 'x' });
    expect(await page.closed).toEqual({ code: 4400, reason: 'text_too_long' });
    expect(await ended).toMatchObject({ characters: text.length, code: 4400 });
  });

  test('reserves text before it is sent, in its order, and is closed when there is nothing left', async () => {
    const asked: number[] = [];
    let left = 250;
    const reserve: NonNullable<SocketCounting['reserve']> = async (characters) => {
      asked.push(characters);
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (characters > left) return { admitted: false, reason: 'budget' };
      left -= characters;
      return { admitted: true };
    };
    const { pass, ended } = passTo(addressOf(), { counting: { ...unlimited, reserve } });
    const page = pageAt(await passSocket(pass));
    page.say({ text: ' ' }, ...Array.from({ length: 10 }, () => ({ text })));
    expect(await page.closed).toEqual({ code: 4402, reason: 'quota_exceeded' });
    // Never more than the budget: seven times 34.
    expect(await ended).toMatchObject({ characters: 7 * text.length, code: 4402 });
    expect(asked.length).toBeLessThan(14);
  });

  test('ends with its time so that the client takes up what is left', async () => {
    const { pass, ended } = passTo(addressOf(), { counting: { ...unlimited, sessionSeconds: 0.05 } });
    const page = pageAt(await passSocket(pass));
    expect(await page.closed).toEqual({ code: 1001, reason: 'session_ended' });
    expect(await ended).toMatchObject({ characters: 0, code: 1001 });
  });

  test('ends when nobody says anything', async () => {
    const { pass } = passTo(addressOf(), { counting: { ...unlimited, idleSeconds: 0.05 } });
    const page = pageAt(await passSocket(pass));
    expect(await page.closed).toEqual({ code: 4408, reason: 'input_timeout_exceeded' });
  });

  test.each([
    ['socket_drop=1', { code: 1014, reason: '' }],
    ['socket_close=1008&fault_socket_close_after=1', { code: 1008, reason: '' }],
    ['socket_close=1011&fault_socket_close_after=1', { code: 1011, reason: '' }],
    ['socket_close=4001&fault_socket_close_after=1', { code: 4001, reason: '' }],
  ])('tells the page how the service ended it: %s', async (fault, end) => {
    const { pass, ended } = passTo(addressOf(`fault_${fault}`));
    const page = pageAt(await passSocket(pass));
    page.say(...messages);
    expect(await page.closed).toEqual(end);
    expect(page.frames).toHaveLength(1);
    expect(await ended).toMatchObject({ code: end.code });
  });

  test('tells the page of an error by a code that it may read', async () => {
    for (const [code, told] of [
      ['invalid_api_key', 'upstream_refused'],
      ['max_character_limit_exceeded', 'max_character_limit_exceeded'],
    ]) {
      const page = pageAt(await passSocket(passTo(addressOf(`fault_error_frame=1&fault_error_code=${code}`)).pass));
      page.say(...messages);
      await page.closed;
      expect(JSON.parse(page.frames.at(-1) as string)).toMatchObject({ error: told });
    }
  });

  test('ends at the service when the page leaves', async () => {
    let answered: Promise<unknown> | undefined;
    const runtime: SocketPass['runtime'] = {
      fetch: async (url, init) => {
        const response: Passed = await fetch(url, init);
        answered = new Promise((resolve) => response.webSocket?.addEventListener('close', resolve));
        return response;
      },
    };
    const { pass, ended } = passTo(addressOf(), { runtime });
    const page = pageAt(await passSocket(pass));
    page.say({ text: ' ' });
    page.socket.close(3001, 'a reason of its own');
    expect(await ended).toMatchObject({ code: 3001 });
    // The service answers a close with the code that it got.
    expect(await answered).toMatchObject({ code: 3001 });
  });

  test.each([
    ['binary', (socket: WorkerSocket) => socket.send(new ArrayBuffer(4)), { code: 4400, reason: 'invalid_request' }],
    ['no JSON', (socket: WorkerSocket) => socket.send('text'), { code: 4400, reason: 'invalid_request' }],
    ['no object', (socket: WorkerSocket) => socket.send('[]'), { code: 4400, reason: 'invalid_request' }],
    [
      'too long',
      (socket: WorkerSocket) => socket.send(JSON.stringify({ text: 'ä'.repeat(32_768) })),
      { code: 1009, reason: 'message_too_long' },
    ],
  ])('is closed when the page sends what is %s', async (_name, say, end) => {
    const { pass, ended } = passTo(addressOf());
    const page = pageAt(await passSocket(pass));
    say(page.socket);
    expect(await page.closed).toEqual(end);
    expect(await ended).toEqual({ characters: 0, bytes: 0, code: end.code });
  });
});

describe('in workerd, a service that does not agree', () => {
  test.each([
    [401, '', 'invalid', 'upstream_refused', 'invalid_api_key'],
    [403, 'fault_status=403', 'local', 'upstream_refused', 'insufficient_permissions'],
    [404, 'fault_status=404', 'local', 'not_found', 'voice_not_found'],
    [422, 'fault_status=422', 'local', 'invalid_request', 'value_error'],
    [429, 'fault_status=429&fault_retry_after=7', 'local', 'too_many_requests', 'concurrent_limit_exceeded'],
    [503, 'fault_status=503', 'local', 'upstream_failed', 'system_busy'],
  ])('is told by its refusal, the log by more: %i', async (status, query, key, code, said) => {
    for (const counting of [undefined, unlimited]) {
      const failures: UpstreamFailure[] = [];
      const { pass, ends } = passTo(addressOf(query), {
        counting,
        headers: new Headers({ 'xi-api-key': key }),
        onFailure: (failure) => failures.push(failure),
      });
      const refusal = (await rejection(passSocket(pass))) as Refusal;
      expect(refusal).toBeInstanceOf(Refusal);
      expect(refusal.code).toBe(code);
      if (code === 'too_many_requests') expect(refusal.retryAfter).toBe(7);
      expect(failures).toEqual([{ status, code: said, requestId: expect.any(String) as string }]);
      expect(ends).toEqual([{ characters: 0, bytes: 0, code: 4000 + refusal.status }]);
    }
  });

  test('is one that is not there, sends elsewhere, or answers without a socket', async () => {
    expect(await refused('http://127.0.0.1:1/')).toBe('upstream_unreachable');
    expect(await refused(addressOf(), { runtime: { fetch: async () => new Response('hello') } })).toBe(
      'upstream_failed',
    );
    let redirect: string | undefined;
    const runtime: SocketPass['runtime'] = {
      fetch: async (_url, init) => {
        redirect = init.redirect;
        return Response.redirect('https://elsewhere.invalid/', 307);
      },
    };
    expect(await refused(addressOf(), { runtime })).toBe('upstream_failed');
    expect(redirect).toBe('manual');
  });

  test('in time ends the attempt', async () => {
    let signal: AbortSignal | null | undefined;
    const runtime: SocketPass['runtime'] = {
      fetch: (url, init) => {
        ({ signal } = init);
        return fetch(url, init);
      },
    };
    const { pass, ends } = passTo(addressOf('fault_delay=5000'), { runtime, openTimeout: 0.05 });
    expect(await rejection(passSocket(pass))).toMatchObject({ code: 'upstream_timeout' });
    expect(signal?.aborted).toBe(true);
    expect(ends).toHaveLength(1);
  });

  test('is left when the page leaves', async () => {
    const page = new AbortController();
    const request = new Request('https://gateway.invalid/', { signal: page.signal });
    const { pass, ends } = passTo(addressOf('fault_delay=5000'), { request });
    const passing = passSocket(pass);
    const reason = new Error('left');
    page.abort(reason);
    expect(await rejection(passing)).toMatchObject({ message: 'left' });
    expect(ends).toHaveLength(1);
  });

  test('but does so too late is closed', async () => {
    const { 0: ours, 1: theirs } = new (
      globalThis as unknown as { WebSocketPair: new () => { 0: WorkerSocket; 1: WorkerSocket } }
    ).WebSocketPair();
    let answer: ((response: Response) => void) | undefined;
    const fetchLate = (): Promise<Response> => new Promise((resolve) => (answer = resolve));
    const { pass } = passTo(addressOf(), { runtime: { fetch: fetchLate }, openTimeout: 0.02 });
    expect(await rejection(passSocket(pass))).toMatchObject({ code: 'upstream_timeout' });
    theirs.accept();
    const closed = new Promise((resolve) => theirs.addEventListener('close', resolve));
    answer?.(new Response(null, { status: 101, webSocket: ours } as ResponseInit));
    expect(await closed).toMatchObject({ code: 1000 });
  });
});

describe('in workerd, a handshake that is refused', () => {
  const request = new Request('https://gateway.invalid/');

  test('is let in to be told why, where the page knows how it is told', async () => {
    const response = refuseSocket(new Refusal('token_used', 'Used.'), 'saylight.v1', {}, request);
    expect([...response.headers]).toEqual([['sec-websocket-protocol', 'saylight.v1']]);
    expect(await pageAt(response).closed).toEqual({ code: 4401, reason: 'token_used' });
  });

  test('is an HTTP refusal for all others', async () => {
    const response = refuseSocket(new Refusal('token_used', 'Used.'), undefined, {}, request);
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ detail: { code: 'token_used', message: 'Used.' } });
  });
});
