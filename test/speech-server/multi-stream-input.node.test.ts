import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SpeechServer } from '../../demo/speech-server/server.ts';
import { startOwnSpeechServer } from './support/own-speech-server.ts';
import type { ServerFrame } from './support/socket-client.ts';
import { converse, durationOf, SocketClient, startsOf, textOf } from './support/socket-client.ts';

const text = 'Hello there, how are you today? I am well, thank you very much. ';
const other = 'The second one speaks as well. It has more to say. ';
const call = 'multi-stream-input';
const synced = { call, query: { sync_alignment: true } } as const;
/** Audio comes no faster than it is heard, so that there is time to interrupt it. */
const paced = { call, query: { sync_alignment: true, fault_pace: 2 } } as const;

function of(frames: readonly ServerFrame[], contextId: string | undefined): ServerFrame[] {
  return frames.filter((frame) => frame.contextId === contextId);
}

function flush(contextId: string): object {
  return { context_id: contextId, flush: true };
}

function close(contextId: string): object {
  return { context_id: contextId, close_context: true };
}

const closeSocket = { close_socket: true };

describe('a context', () => {
  test('that is flushed and closed speaks to its end and has one final frame', async () => {
    const { frames, audioFrames, finals, code } = await converse(synced, [
      { text: ' ', context_id: 'a' },
      { text, context_id: 'a' },
      flush('a'),
      close('a'),
      closeSocket,
    ]);
    expect(code).toBe(1000);
    expect(textOf(audioFrames)).toBe(text);
    expect(audioFrames.every(({ contextId, isFinal }) => contextId === 'a' && isFinal === null)).toBe(true);
    expect(finals).toEqual([
      { audio: null, isFinal: true, alignment: null, normalizedAlignment: null, contextId: 'a' },
    ]);
    expect(frames.at(-1)).toBe(finals[0]);
  });

  test('that is only flushed has no final frame and goes on', async () => {
    const client = await SocketClient.open(synced);
    client.send({ text, context_id: 'a', flush: true });
    await client.until(({ alignment }) => alignment?.chars.join('').includes('much') === true);
    client.send({ text: other, context_id: 'a' }, flush('a'));
    await client.until(({ alignment }) => alignment?.chars.join('').includes('say') === true);
    expect(client.finals).toEqual([]);
    expect(textOf(client.frames)).toBe(text + other);
    client.send(close('a'));
    await client.untilFinal('a');
    client.send(closeSocket);
    expect(await client.closed).toMatchObject({ code: 1000 });
    expect(client.finals).toHaveLength(1);
  });

  test('that is closed without a flush drops its text', async () => {
    const { frames } = await converse(synced, [{ text, context_id: 'a' }, close('a'), closeSocket]);
    expect(frames).toMatchObject([{ isFinal: true, contextId: 'a' }]);
  });

  test('that is closed after a flush drops what came behind it', async () => {
    const { frames, finals } = await converse(synced, [
      { text, context_id: 'a', flush: true },
      { text: other, context_id: 'a' },
      close('a'),
      closeSocket,
    ]);
    expect(textOf(frames)).toBe(text);
    expect(finals).toHaveLength(1);
  });

  test('without an id is the default one, whose frames name none', async () => {
    const { frames, finals } = await converse(synced, [
      { text },
      { flush: true },
      { close_context: true },
      { text: other, context_id: 'a', flush: true },
      close('a'),
      closeSocket,
    ]);
    expect(textOf(of(frames, undefined))).toBe(text);
    expect(textOf(of(frames, 'a'))).toBe(other);
    expect(finals).toHaveLength(2);
    expect(finals.filter((frame) => 'contextId' in frame)).toHaveLength(1);
  });

  test('has a time of its own, on either base', async () => {
    const messages = [
      { text, context_id: 'a', flush: true },
      { text: other, context_id: 'b', flush: true },
      { text: other, context_id: 'a', flush: true },
      close('a'),
      close('b'),
      closeSocket,
    ];
    const chunked = (await converse(synced, messages)).audioFrames;
    const query = { sync_alignment: true, fault_time_base: 1 };
    const absolute = (await converse({ call, query }, messages)).audioFrames;
    for (const id of ['a', 'b']) {
      const relative = startsOf(of(chunked, id), 'chunk');
      const counted = startsOf(of(absolute, id), 'context');
      expect(relative.every((time, index) => Math.abs(time - counted[index]!) <= 1)).toBe(true);
      expect(counted[0]).toBe(0);
      expect(durationOf(of(chunked, id)) - counted.at(-1)!).toBeGreaterThanOrEqual(0);
    }
  });

  test('takes turns with the others', async () => {
    const long = text.repeat(12);
    const { audioFrames } = await converse(synced, [
      { text: long, context_id: 'a', flush: true },
      { text: long, context_id: 'b', flush: true },
      close('a'),
      close('b'),
      closeSocket,
    ]);
    expect(textOf(of(audioFrames, 'a'))).toBe(long);
    expect(textOf(of(audioFrames, 'b'))).toBe(long);
    const ids = audioFrames.map(({ contextId }) => contextId);
    expect(ids.indexOf('b')).toBeLessThan(ids.lastIndexOf('a'));
    expect(ids.indexOf('a')).toBeLessThan(ids.lastIndexOf('b'));
  });

  test('may be opened again with the same id once it has ended', async () => {
    const client = await SocketClient.open(synced);
    for (let count = 1; count <= 7; count++) {
      client.send({ text: 'Hello. ', context_id: 'a' }, flush('a'), close('a'));
      await client.until(() => client.finals.length === count);
    }
    expect(textOf(client.frames)).toBe('Hello. '.repeat(7));
    client.socket.terminate();
  });

  test('takes the settings of its first message, or the connection’s, and no others', async () => {
    const slow = { speed: 0.7 };
    const client = await SocketClient.open(synced);
    client.send({ text, context_id: 'a', voice_settings: slow, flush: true }, close('a'));
    client.send({ text, context_id: 'b', flush: true }, close('b'));
    client.send({ text, context_id: 'c', voice_settings: { speed: 1 }, flush: true }, close('c'));
    for (const id of ['a', 'b', 'c']) await client.untilFinal(id);
    const [a, b, c] = ['a', 'b', 'c'].map((id) => durationOf(of(client.audioFrames, id)));
    expect(a).toBe(b);
    expect(a).toBeGreaterThan(1.2 * c!);
    client.send({ text, context_id: 'd' }, { text, context_id: 'd', voice_settings: { speed: 1.1 } });
    expect(await client.closed).toMatchObject({ code: 1008 });
    expect(client.frames.at(-1)).toMatchObject({ error: 'invalid_voice_settings', code: 1008, contextId: 'd' });
  });
});

describe('a context that is cancelled', () => {
  let server: SpeechServer;
  beforeAll(async () => {
    server = await startOwnSpeechServer({ port: 0 });
  }, 30_000);
  afterAll(() => server.close());

  async function health(): Promise<Record<string, number>> {
    return (await fetch(`${server.url}/health`)).json() as Promise<Record<string, number>>;
  }

  test('has no audio after its final frame, and no more is made', async () => {
    const client = await SocketClient.open({ ...paced, url: server.url });
    const long = text.repeat(30);
    client.send({ text: long, context_id: 'a' });
    await client.untilAudio('a');
    expect(await health()).toMatchObject({ open_sockets: 1, open_contexts: 1, open_speeches: 1 });
    client.send(close('a'));
    const final = await client.untilFinal('a');
    expect(client.frames.at(-1)).toBe(final);
    client.send({ text: other, context_id: 'b', flush: true }, close('b'));
    await client.untilFinal('b');
    expect(of(client.frames, 'a').at(-1)).toBe(final);
    expect(client.finals).toHaveLength(2);
    const after = await health();
    expect(after).toMatchObject({ open_sockets: 1, open_contexts: 0, open_speeches: 0 });
    // A sentence that is being spoken is spoken to its end, and one is spoken ahead of its reader.
    expect(after['audio_seconds_made']).toBeLessThan(30);
    client.send(closeSocket);
    expect(await client.closed).toMatchObject({ code: 1000 });
    await expect.poll(async () => (await health())['open_sockets']).toBe(0);
  });

  test('after a flush is cancelled by a second close', async () => {
    const client = await SocketClient.open(paced);
    client.send({ text: text.repeat(30), context_id: 'a', flush: true }, close('a'));
    await client.untilAudio('a');
    expect(client.finals).toEqual([]);
    client.send(close('a'));
    const final = await client.untilFinal('a');
    expect(client.frames.at(-1)).toBe(final);
    client.send(closeSocket);
    await client.closed;
    expect(client.frames.at(-1)).toBe(final);
  });
});

describe('the socket', () => {
  test('speaks what was flushed before it closes', async () => {
    const { frames, finals, code } = await converse(synced, [
      { text, context_id: 'a', flush: true },
      { text: other, context_id: 'b' },
      closeSocket,
      { text: other, context_id: 'c', flush: true },
    ]);
    expect(code).toBe(1000);
    expect(textOf(frames)).toBe(text);
    expect(finals.map(({ contextId }) => contextId)).toEqual(['b', 'a']);
  });

  test('closes at once where nothing is open', async () => {
    const { frames, code } = await converse(synced, [closeSocket]);
    expect([frames, code]).toEqual([[], 1000]);
  });

  test('holds five contexts', async () => {
    const client = await SocketClient.open(synced);
    for (const id of ['a', 'b', 'c', 'd', 'e']) client.send({ text: ' ', context_id: id });
    client.send(close('c'));
    await client.untilFinal('c');
    client.send({ text: ' ', context_id: 'f' });
    // A flush opens a context too.
    client.send(flush('g'));
    const { reason } = await client.closed;
    expect(client.frames.at(-1)).toEqual({
      message: expect.any(String),
      error: 'max_active_conversations',
      code: 1008,
      contextId: 'g',
    });
    expect(reason).toBe(client.frames.at(-1)!.message!.slice(0, 123));
  });

  test('counts a context until its final frame', async () => {
    const client = await SocketClient.open(paced);
    client.send({ text, context_id: 'a', flush: true }, close('a'));
    for (const id of ['b', 'c', 'd', 'e', 'f']) client.send({ text: ' ', context_id: id });
    expect(await client.closed).toMatchObject({ code: 1008 });
    expect(client.frames.at(-1)).toMatchObject({ error: 'max_active_conversations', contextId: 'f' });
  });

  test('ignores what concerns contexts that are not open', async () => {
    const { frames, code } = await converse(synced, [
      close('a'),
      { text: '', context_id: 'a' },
      close('a'),
      closeSocket,
    ]);
    expect([frames, code]).toEqual([[], 1000]);
  });

  test('refuses a message that says nothing', async () => {
    const { frames, code } = await converse(synced, [{ context_id: 'a' }]);
    expect(frames).toEqual([{ message: expect.any(String), error: 'invalid_message', code: 1008, contextId: 'a' }]);
    expect(code).toBe(1008);
  });

  test('is kept open by an empty text, which ends nothing and is not spoken', async () => {
    const client = await SocketClient.open({ call, query: { inactivity_timeout: 2 } });
    client.send({ text: 'Hello', context_id: 'a' });
    for (let count = 0; count < 10; count++) {
      await new Promise((resolve) => void setTimeout(resolve, 250));
      client.send(count % 2 === 0 ? { text: '', context_id: 'a' } : { text: '' });
    }
    expect(client.frames).toEqual([]);
    client.send({ text: ' there. ', context_id: 'a' }, flush('a'), close('a'), closeSocket);
    expect(await client.closed).toMatchObject({ code: 1000 });
    expect(textOf(client.audioFrames)).toBe('Hello there. ');
  });

  test('that hears nothing closes with an error that names no context', async () => {
    const { frames, code } = await converse({ call, query: { inactivity_timeout: 0.2 } }, [
      { text: ' ', context_id: 'a' },
    ]);
    expect(frames).toEqual([{ message: expect.any(String), error: 'input_timeout_exceeded', code: 1008 }]);
    expect(code).toBe(1008);
  });
});
