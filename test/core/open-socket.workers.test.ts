import { describe, expect, inject, test } from 'vitest';
import { socketOpener } from '../../src/core/open-socket.ts';
import type { Fetch } from '../../src/core/client-options.ts';
import type { SpeechSocket } from '../../src/core/speech-socket.ts';
import { rejection, speechError } from '../support/rejection.ts';

const streamInput = `${inject('speechServerUrl')}/v1/text-to-speech/kal16UsEnglishMale01/stream-input`;
const text = 'The old mill stands by the river. ';

interface OpenOptions {
  readonly signal?: AbortSignal;
  readonly key?: string;
  readonly fetch?: Fetch;
}

function open(query = '', options: OpenOptions = {}): SpeechSocket {
  const { signal = new AbortController().signal, key = 'test-key', fetch } = options;
  const headers = new Headers({ 'xi-api-key': key });
  return socketOpener({ fetch }).open({ url: `${streamInput}?output_format=pcm_8000&${query}`, headers, signal });
}

async function say({ writable }: SpeechSocket): Promise<void> {
  const writer = writable.getWriter();
  for (const message of [{ text: ' ' }, { text }, { text: '' }]) await writer.write(JSON.stringify(message));
  writer.releaseLock();
}

async function readAll({ readable }: SpeechSocket): Promise<Record<string, unknown>[]> {
  const frames: Record<string, unknown>[] = [];
  for await (const frame of readable as unknown as AsyncIterable<string>)
    frames.push(JSON.parse(frame) as (typeof frames)[number]);
  return frames;
}

describe('in workerd, a socket', () => {
  test('is opened with headers, speaks, and ends as the service ends it', async () => {
    expect(socketOpener({}).takesHeaders).toBe(true);
    const socket = open();
    await socket.opened;
    await say(socket);
    const frames = await readAll(socket);
    expect(frames.length).toBeGreaterThan(1);
    expect(frames.at(-1)).toMatchObject({ isFinal: true });
    expect(await socket.closed).toMatchObject({ code: 1000 });
  });

  test.each([
    ['a refused key', '', 'invalid', { code: 'unauthorized', status: 401, detail: { code: 'invalid_api_key' } }],
    ['a used-up quota', 'fault_quota=1', 'k', { code: 'quota-exceeded', detail: { code: 'quota_exceeded' } }],
    ['a busy service', 'fault_status=503', 'k', { code: 'server', status: 503 }],
  ])('that does not open tells of %s with the service’s code', async (_name, query, key, expected) => {
    const socket = open(query, { key });
    expect(await speechError(socket.opened)).toMatchObject(expected);
    expect(await socket.closed).toEqual({ code: 1006, reason: '' });
  });

  test.each<[string, Fetch, object]>([
    ['a redirect', async () => Response.redirect('http://elsewhere.invalid/', 307), { code: 'protocol', status: 307 }],
    ['another reply', async () => new Response('hello'), { code: 'protocol', status: 200 }],
    ['nothing', () => Promise.reject(new Error('gone')), { code: 'network', cause: { message: 'gone' } }],
  ])('that gets %s does not open', async (_name, fetch, expected) => {
    expect(await speechError(open('', { fetch }).opened)).toMatchObject(expected);
  });

  test('tells the code with which the service closed it, and refuses writes with it', async () => {
    const socket = open('fault_socket_close=1008&fault_socket_close_after=1');
    await say(socket);
    expect(await readAll(socket)).toHaveLength(1);
    expect(await socket.closed).toMatchObject({ code: 1008 });
    expect(await speechError(socket.writable.getWriter().write('late'))).toMatchObject({ code: 'invalid-request' });
  });

  test('that is cut off ends with 1006, after the frames that came', async () => {
    const socket = open('fault_socket_drop=1');
    await say(socket);
    expect(await readAll(socket)).toHaveLength(1);
    expect(await socket.closed).toMatchObject({ code: 1006 });
  });

  test('is closed by its writable, its readable or both', async () => {
    const closes: ((socket: SpeechSocket) => Promise<unknown>)[] = [
      ({ writable }) => writable.close(),
      ({ readable }) => readable.cancel(),
      ({ writable, readable }) => Promise.all([readable.cancel(), writable.close()]),
    ];
    for (const close of closes) {
      const socket = open();
      await socket.opened;
      await close(socket);
      expect(await socket.closed).toMatchObject({ code: 1000 });
    }
  });

  test('is closed by its signal, at once', async () => {
    const caller = new AbortController();
    const reason = new Error('mine');
    const socket = open('', { signal: caller.signal });
    await socket.opened;
    const reading = readAll(socket);
    caller.abort(reason);
    expect(await socket.closed).toEqual({ code: 1000, reason: '' });
    expect(await reading).toEqual([]);
    expect(await rejection(socket.writable.getWriter().write('late'))).toBe(reason);
  });

  test('that is aborted while it connects ends the request', async () => {
    const caller = new AbortController();
    let requested: AbortSignal | null | undefined;
    const hanging: Fetch = (_url, { signal }) => {
      requested = signal;
      return new Promise(() => {});
    };
    const socket = open('', { signal: caller.signal, fetch: hanging });
    caller.abort('enough');
    expect(await rejection(socket.opened)).toBe('enough');
    expect(await socket.closed).toEqual({ code: 1006, reason: '' });
    expect(requested?.aborted).toBe(true);
    expect(await rejection(open('', { signal: caller.signal, fetch: hanging }).opened)).toBe('enough');
  });

  test('that is aborted while it connects is closed when it opens late', async () => {
    const caller = new AbortController();
    const { 0: client, 1: server } = new (
      globalThis as unknown as { WebSocketPair: new () => WebSocket[] }
    ).WebSocketPair();
    let answer: ((response: Response) => void) | undefined;
    const late: Fetch = () => new Promise((resolve) => (answer = resolve));
    const socket = open('', { signal: caller.signal, fetch: late });
    caller.abort('enough');
    expect(await rejection(socket.opened)).toBe('enough');
    (server as unknown as { accept(): void }).accept();
    const ended = new Promise((resolve) => server?.addEventListener('close', ({ code }) => resolve(code)));
    answer?.(new Response(null, { status: 101, webSocket: client } as ResponseInit));
    expect(await ended).toBe(1000);
  });

  test('that tells of an error is lost, though no close follows', async () => {
    let webSocket: EventTarget | undefined;
    const watched: Fetch = async (url, init) => {
      const response = await fetch(url, init);
      ({ webSocket } = response as { webSocket?: EventTarget });
      return response;
    };
    const socket = open('', { fetch: watched });
    await socket.opened;
    // As workerd does after a frame that is too long for it.
    webSocket?.dispatchEvent(new Event('error'));
    expect(await socket.closed).toEqual({ code: 1006, reason: '' });
    expect(await speechError(socket.writable.getWriter().write('late'))).toMatchObject({ code: 'network' });
  });
});
