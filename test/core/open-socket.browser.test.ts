import { describe, expect, inject, test } from 'vitest';
import { socketOpener } from '../../src/core/open-socket.ts';
import type { SpeechSocket } from '../../src/core/speech-socket.ts';
import type { WebSocketClass } from '../../src/core/web-socket-like.ts';
import { rejection, speechError } from '../support/rejection.ts';

const streamInput = `${inject('speechServerUrl')}/v1/text-to-speech/kal16UsEnglishMale01/stream-input`;
const text = 'The old mill stands by the river. ';

function open(query = '', signal: AbortSignal = new AbortController().signal): SpeechSocket {
  return socketOpener({}).open({ url: `${streamInput}?output_format=pcm_8000&authorization=test&${query}`, signal });
}

async function say({ writable }: SpeechSocket): Promise<void> {
  const writer = writable.getWriter();
  for (const message of [{ text: ' ' }, { text }, { text: '' }]) await writer.write(JSON.stringify(message));
  writer.releaseLock();
}

async function readAll({ readable }: SpeechSocket): Promise<Record<string, unknown>[]> {
  const frames: Record<string, unknown>[] = [];
  const reader = readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    frames.push(JSON.parse(next.value) as (typeof frames)[number]);
  }
  return frames;
}

describe('in a page, a socket', () => {
  test('is opened without headers, speaks, and ends as the service ends it', async () => {
    const own: WebSocketClass = WebSocket;
    expect(socketOpener({}).takesHeaders).toBe(false);
    expect(socketOpener({ WebSocket: own }).takesHeaders).toBe(false);
    const socket = open();
    await socket.opened;
    await say(socket);
    const frames = await readAll(socket);
    expect(frames.length).toBeGreaterThan(1);
    expect(frames.at(-1)).toMatchObject({ isFinal: true });
    expect(await socket.closed).toEqual({ code: 1000, reason: '' });
  });

  test.each([
    ['is refused', `${streamInput}?authorization=invalid`],
    ['finds no socket', `${inject('speechServerUrl')}/v1/models`],
    ['finds nobody', 'http://127.0.0.1:1/'],
  ])('that %s says what to check', async (_name, url) => {
    const socket = socketOpener({}).open({ url, signal: new AbortController().signal });
    const written = speechError(socket.writable.getWriter().write('text'));
    const error = await speechError(socket.opened);
    expect(error.code).toBe('network');
    expect(error.message).toContain('credentials');
    expect(await written).toBe(error);
    expect(await socket.closed).toEqual({ code: 1006, reason: '' });
  });

  test('whose subprotocol the page refuses shows nothing of it', async () => {
    const request = { url: streamInput, protocols: ['sec ret'], signal: new AbortController().signal };
    const error = await speechError(socketOpener({}).open(request).opened);
    expect(error.code).toBe('invalid-request');
    expect(error.cause).toBeUndefined();
    expect(error.message).not.toContain('sec');
  });

  test('tells the code and reason with which the service closed it', async () => {
    const socket = open('fault_error_frame=1&fault_error_code=quota_exceeded');
    await say(socket);
    const frames = await readAll(socket);
    expect(frames).toHaveLength(2);
    expect(frames[1]).toMatchObject({ error: 'quota_exceeded' });
    expect(await socket.closed).toMatchObject({ code: 1008, reason: expect.stringMatching(/./) });
  });

  test('that is cut off ends with 1006, after the frames that came', async () => {
    const socket = open('fault_socket_drop=1');
    await say(socket);
    expect(await readAll(socket)).toHaveLength(1);
    expect(await socket.closed).toEqual({ code: 1006, reason: '' });
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

  test('is closed by its signal, at once, with the reason for who writes', async () => {
    const caller = new AbortController();
    const socket = open('', caller.signal);
    await socket.opened;
    const reading = readAll(socket);
    caller.abort('enough');
    expect(await socket.closed).toEqual({ code: 1000, reason: '' });
    expect(await reading).toEqual([]);
    expect(await rejection(socket.writable.getWriter().write('late'))).toBe('enough');
  });

  test('that is aborted while it connects does not open', async () => {
    const caller = new AbortController();
    const socket = open('', caller.signal);
    caller.abort('enough');
    expect(await rejection(socket.opened)).toBe('enough');
    expect(await socket.closed).toEqual({ code: 1006, reason: '' });
    expect(await rejection(open('', caller.signal).opened)).toBe('enough');
  });

  test('makes writers wait for its buffer', async () => {
    const made: WebSocket[] = [];
    class Watched extends WebSocket {
      constructor(url: string, protocols?: string | string[]) {
        super(url, protocols);
        made.push(this);
      }
    }
    const { writable, opened } = socketOpener({ WebSocket: Watched }).open({
      url: `${streamInput}?output_format=pcm_8000&authorization=test`,
      signal: new AbortController().signal,
    });
    await opened;
    const writer = writable.getWriter();
    const written = writer.write(JSON.stringify({ text: ' ', padding: 'x'.repeat(900_000) }));
    await Promise.resolve();
    expect(made[0]?.bufferedAmount).toBeGreaterThan(65_536);
    await written;
    expect(made[0]?.bufferedAmount).toBeLessThanOrEqual(65_536);
    await writer.abort();
  });
});
