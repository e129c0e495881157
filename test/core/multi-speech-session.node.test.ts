import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { SpeechServer } from '../../demo/speech-server/server.ts';
import {
  createSpeechClient,
  type MultiSpeechSession,
  type SpeechClient,
  type SpeechChunk,
  type SpeechContext,
} from '../../src/core/index.ts';
import type { SpeechClientOptions } from '../../src/core/client-options.ts';
import type { SessionOptions } from '../../src/core/session-options.ts';
import { createWordTimeline } from '../../src/core/word-timeline.ts';
import { startOwnSpeechServer } from '../speech-server/support/own-speech-server.ts';
import { hear, tokensOf, wordsOf, type HeardSpeech } from '../support/heard-speech.ts';
import { createRecordingSocket, type RecordedConnection } from '../support/recording-socket.ts';
import { rejection } from '../support/rejection.ts';
import { healthOf, nothingOpen, type ServerHealth } from '../support/server-health.ts';
import { finalFrame, frameOf, startSocketServer } from '../support/socket-server.ts';

const voiceId = 'kal16UsEnglishMale01';
const text = 'The quick brown fox jumps over the lazy dog. Nobody knows why, but it does.';
/** Takes 160 seconds to be spoken. */
const long = 'The quick brown fox jumps over the lazy dog. '.repeat(60);
const format = { outputFormat: 'pcm_8000' } as const;
const bytesPerSecond = 16_000;
const patience = { timeout: 20_000, interval: 50 };

// The machine may be busy.
vi.setConfig({ testTimeout: 60_000 });

let server: SpeechServer;
beforeAll(async () => {
  server = await startOwnSpeechServer({ port: 0 });
}, 30_000);
afterAll(() => server.close());

function createClient(options: SpeechClientOptions = {}): SpeechClient {
  return createSpeechClient({ baseUrl: server.url, apiKey: 'k', WebSocket, retry: { minDelay: 0 }, ...options });
}

function connect(headers: Readonly<Record<string, string>> = {}): MultiSpeechSession {
  const session = createClient({ headers }).textToSpeech.connectMulti(voiceId, { ...format, syncAlignment: true });
  onTestFinished(() => session.close());
  return session;
}

const health = (): Promise<ServerHealth> => healthOf(server.url);

/** Waits until the server has nothing open any more. */
async function untilNothingIsOpen(): Promise<void> {
  await expect.poll(health, patience).toMatchObject(nothingOpen);
}

/** Has a context say something and waits until it was heard. */
async function say(context: SpeechContext, said: string): Promise<HeardSpeech> {
  void context.send(said);
  void context.close();
  return hear(context, said);
}

function expectWhole({ words, bytes, error }: HeardSpeech, said: string): void {
  expect(error).toBeUndefined();
  expect(words.map((word) => word.text)).toEqual(wordsOf(said));
  expect(words.filter(({ estimated }) => estimated)).toEqual([]);
  expect(words.at(-1)!.end).toBeLessThanOrEqual(bytes / bytesPerSecond + 0.002);
}

describe('many contexts', () => {
  test('are all spoken to their end, five at a time', async () => {
    const session = connect();
    const texts = Array.from({ length: 10 }, (_, index) => `Number ${index} says: ${text}`);
    const seen: number[] = [];
    const over = new AbortController();
    const watching = (async () => {
      for (; !over.signal.aborted; await new Promise((resolve) => setTimeout(resolve, 10))) {
        seen.push((await health()).open_contexts);
      }
    })();
    const contexts = texts.map((said) => {
      const context = session.createContext();
      void context.send(tokensOf(said)).then(() => context.close());
      return context;
    });
    const heard = await Promise.all(contexts.map((context, index) => hear(context, texts[index]!)));
    over.abort();
    await watching;
    for (const [index, said] of texts.entries()) expectWhole(heard[index]!, said);
    expect(Math.max(...seen)).toBe(5);
    expect(new Set(contexts.map(({ id }) => id)).size).toBe(10);
    expect(contexts.map((context) => context.text)).toEqual(texts);
    expect(contexts.flatMap(({ warnings }) => warnings)).toEqual([]);
    expect(session.warnings).toEqual([]);
    await session.close();
    await untilNothingIsOpen();
  });

  test('are told from one another in either spelling', async () => {
    const session = connect({ 'x-fault-snake-ids': '1', 'x-fault-time-base': '1' });
    const texts = ['One and one. ', 'Two. And two, too. ', 'Three; three. '].map((start) => start + text);
    const heard = await Promise.all(texts.map((said) => say(session.createContext(), said)));
    for (const [index, said] of texts.entries()) expectWhole(heard[index]!, said);
    await session.close();
  });

  test('take no place before they have text', async () => {
    const session = connect();
    for (let count = 0; count < 5; count += 1) session.createContext();
    const [sixth, early] = [session.createContext(), session.createContext()];
    early.cancel();
    expectWhole(await say(sixth, text), text);
    expect(await health()).toMatchObject({ open_contexts: 0, open_sockets: 1 });
    await session.close();
    await untilNothingIsOpen();
  });

  test('have the names that they were given, none twice', async () => {
    const session = connect();
    const context = session.createContext({ contextId: 'mine' });
    expect(context.id).toBe('mine');
    expect(context.format).toBe('pcm_8000');
    expect(() => session.createContext({ contextId: 'mine' })).toThrow(TypeError);
    expectWhole(await say(context, text), text);
    expect(() => session.createContext({ contextId: 'mine' })).toThrow(TypeError);
    await session.close();
  });

  test('pay no heed to what comes for one that is over', async () => {
    const session = connect({ 'x-fault-late-frames': '3' });
    for (let count = 0; count < 3; count += 1) {
      const [first, second] = [session.createContext(), session.createContext()];
      const heard = await Promise.all([say(first, text), say(second, `Second: ${text}`)]);
      expectWhole(heard[0], text);
      expectWhole(heard[1], `Second: ${text}`);
      const sizes = heard.map(({ bytes }) => bytes);
      expect(heard.map(({ words }, index) => sizes[index]! / bytesPerSecond - words.at(-1)!.end < 0.5)).toEqual([
        true,
        true,
      ]);
    }
    await session.close();
  });

  test('are spoken while others are written, and end for themselves', async () => {
    const session = connect();
    const patient = session.createContext();
    await patient.send('Hello there ', { flush: true });
    const iterator = patient[Symbol.asyncIterator]();
    expect((await iterator.next()).done).toBe(false);
    for (let count = 0; count < 6; count += 1) expectWhole(await say(session.createContext(), text), text);
    await patient.send('and goodbye.');
    await patient.close();
    let last: IteratorResult<unknown> | undefined;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) last = next;
    expect(last).toBeDefined();
    await session.close();
  });
});

describe('a context that is left', () => {
  const leavings: Readonly<Record<string, (context: SpeechContext, caller: AbortController) => Promise<void>>> = {
    'by a cancel': async (context) => context.cancel(),
    'by its reader': async (context) => {
      for await (const chunk of context) if (chunk.audio.length > 0) break;
    },
    'by its signal': async (context, caller) => {
      const reading = hear(context, '');
      caller.abort('mine');
      expect((await reading).error).toBe('mine');
      expect(await rejection(context.send('More. '))).toBe('mine');
    },
    'at the end of its block': async (context) => {
      using own = context;
      await own.flush();
    },
    'after a flush': async (context) => {
      await context.flush();
      context.cancel();
    },
    'after its end was told': async (context) => {
      await context.close();
      context.cancel();
    },
  };
  test.each(Object.entries(leavings))('%s costs no more audio', async (_name, leave) => {
    const session = connect({ 'x-fault-pace': '4' });
    const caller = new AbortController();
    const context = session.createContext({ signal: caller.signal });
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(1);
    const { audio_seconds_made: before } = await health();
    await context.send(long);
    const made = async (): Promise<number> => (await health()).audio_seconds_made - before;
    await expect.poll(made, patience).toBeGreaterThan(0);
    await leave(context, caller);
    await expect.poll(health, patience).toMatchObject({ open_contexts: 0, open_speeches: 0, open_sockets: 1 });
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    expect(await rejection(context.send('more'))).toBeDefined();
    await session.close();
    await untilNothingIsOpen();
    expect(await made()).toBeLessThan(40);
  });

  test('gives its place to the next', async () => {
    const session = connect({ 'x-fault-pace': '4' });
    const contexts = Array.from({ length: 5 }, () => session.createContext());
    await Promise.all(contexts.map((context) => context.send(long, { flush: true })));
    const sixth = session.createContext();
    let isSent = false;
    const sent = sixth.send('At last.', { flush: true }).then(() => (isSent = true));
    await expect.poll(health, patience).toMatchObject({ open_contexts: 5 });
    expect(isSent).toBe(false);
    contexts[2]!.cancel();
    await sent;
    void sixth.close();
    expectWhole(await hear(sixth, 'At last.'), 'At last.');
    expect(await health()).toMatchObject({ open_contexts: 4, open_sockets: 1 });
    await session.close();
    await untilNothingIsOpen();
  });

  test('before its turn is never heard of by the service', async () => {
    const { WebSocket: recording, connections } = createRecordingSocket();
    const session = createClient({ WebSocket: recording, headers: { 'x-fault-pace': '4' } }).textToSpeech.connectMulti(
      voiceId,
      format,
    );
    const contexts = Array.from({ length: 6 }, (_, index) => session.createContext({ contextId: `c${index}` }));
    for (const context of contexts.slice(0, 5)) await context.send(long, { flush: true });
    const sent = rejection(contexts[5]!.send('Never. '));
    contexts[5]!.cancel();
    expect(await sent).toMatchObject({ code: 'consumed' });
    await session.close();
    const ids = new Set(connections[0]!.messages.map((message) => message['context_id']));
    expect([...ids]).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', undefined]);
    await untilNothingIsOpen();
  });

  test('is no more after a second reader asked for it', async () => {
    const session = connect();
    const context = session.createContext();
    const first = context[Symbol.asyncIterator]();
    expect(() => context[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'consumed' }));
    await first.return?.();
    await session.close();
  });
});

function flushOf(id: string): object {
  return { context_id: id, flush: true };
}

function closeOf(id: string): object {
  return { context_id: id, close_context: true };
}

/** A session with such a service, and what it says. */
function eagerSession(options: SessionOptions = {}, faults: Readonly<Record<string, string>> = {}) {
  const { WebSocket: recording, connections } = createRecordingSocket();
  const headers = { 'x-fault-eager-close': '1', ...faults };
  const client = createClient({ WebSocket: recording, headers });
  const session = client.textToSpeech.connectMulti(voiceId, { ...format, ...options });
  onTestFinished(() => session.close());
  return { session, connections };
}

/** The flushes and closes that were told of a context, in order. */
function endOf(connections: readonly RecordedConnection[], id: string): object[] {
  expect(connections).toHaveLength(1);
  return connections[0]!.messages.filter((message) => message['context_id'] === id && !('text' in message));
}

async function* closeAfterFirst(context: SpeechContext): AsyncGenerator<SpeechChunk> {
  let isFirst = true;
  for await (const chunk of context) {
    if (isFirst) void context.close();
    isFirst = false;
    yield chunk;
  }
}

describe('the end of a context, where a close that comes too soon drops what was flushed,', () => {
  const lengths = { 'a word': 'Hello', 'a sentence': text, 'many generations': `${text} `.repeat(16).trim() };
  const manners = { sync_alignment: { syncAlignment: true }, 'timing ahead': {}, auto_mode: { autoMode: true } };

  describe.each(Object.entries(manners))('with %s', (_, options) => {
    test.each(Object.entries(lengths))('waits until the last word of %s is spoken', async (_length, said) => {
      const { session, connections } = eagerSession(options);
      const context = session.createContext();
      const heard = await say(context, said);
      expectWhole(heard, said);
      expect(endOf(connections, context.id)).toEqual([flushOf(context.id), closeOf(context.id)]);
    });

    test('comes for many contexts at once', async () => {
      const { session } = eagerSession(options, { 'x-fault-jitter': '20' });
      const texts = Array.from({ length: 12 }, (_unused, index) =>
        `Number ${index} says: ${text}`.repeat(1 + (index % 3)),
      );
      const heard = await Promise.all(texts.map((said) => say(session.createContext(), said)));
      for (const [index, said] of texts.entries()) expectWhole(heard[index]!, said);
    });
  });

  test('does not cut off what was spoken without a flush', async () => {
    const { session, connections } = eagerSession({ autoMode: true }, { 'x-fault-pace': '4' });
    const context = session.createContext();
    const said = 'The quick brown fox jumps over the lazy dog. ';
    await context.send(said);
    // The timing of all of it comes with the first chunk.
    expectWhole(await hear(closeAfterFirst(context), said), said);
    expect(endOf(connections, context.id)).toEqual([flushOf(context.id), closeOf(context.id)]);
  });

  test.each([true, false])('needs no flush behind one that was spoken: sync_alignment %s', async (syncAlignment) => {
    const { session, connections } = eagerSession({ syncAlignment });
    const context = session.createContext();
    await context.send(text, { flush: true });
    const chunks: SpeechChunk[] = [];
    const timeline = createWordTimeline({ text });
    for await (const chunk of context) {
      chunks.push(chunk);
      if (chunk.alignment) timeline.append(chunk.alignment);
      if (timeline.spokenTo === text.length) await context.close();
    }
    expect(timeline.words.map((word) => word.text)).toEqual(wordsOf(text));
    expect(endOf(connections, context.id)).toEqual([closeOf(context.id)]);
    expect(connections[0]!.messages.filter(({ flush }) => flush === true)).toHaveLength(1);
  });

  test('needs no flush behind one that has yet to be spoken', async () => {
    const { session, connections } = eagerSession({ syncAlignment: true }, { 'x-fault-pace': '8' });
    const context = session.createContext();
    await context.send(text, { flush: true });
    await context.close(' …');
    expectWhole(await hear(context, text), text);
    expect(endOf(connections, context.id)).toEqual([closeOf(context.id)]);
  });

  test('comes after two seconds of silence where no timing tells', async () => {
    const { session, connections } = eagerSession({}, { 'x-fault-null-alignment': '1' });
    const { session: other } = eagerSession();
    const context = session.createContext();
    const [heard, timed] = await Promise.all([say(context, text), say(other.createContext(), text)]);
    expect(heard.error).toBeUndefined();
    expect(heard.bytes).toBe(timed.bytes);
    expect(endOf(connections, context.id)).toEqual([flushOf(context.id), closeOf(context.id)]);
  });

  test.each(['', ' ', '…', '“—!”'])('comes at once where there is nothing to say: %j', async (said) => {
    const { session, connections } = eagerSession();
    const context = session.createContext();
    expect(await say(context, said)).toMatchObject({ error: undefined, bytes: 0 });
    expect(endOf(connections, context.id)).toEqual([closeOf(context.id)]);
  });
});

describe('a session', () => {
  test('that is closed cancels what is being spoken, what was told its end as well', async () => {
    const session = connect({ 'x-fault-pace': '2' });
    const { audio_seconds_made: before } = await health();
    const contexts = Array.from({ length: 4 }, () => session.createContext());
    const readings = contexts.map((context) => hear(context, ''));
    for (const context of contexts) {
      await context.send(text);
      await context.close();
    }
    await expect.poll(health, patience).toMatchObject({ open_contexts: 4 });
    await session.close();
    expect(await health()).toMatchObject({ open_contexts: 0, open_sockets: 0 });
    for (const { error } of await Promise.all(readings)) expect(error).toBeUndefined();
    expect((await health()).audio_seconds_made - before).toBeLessThan(4 * 6);
    expect(() => session.createContext()).toThrow(TypeError);
    await session.close();
  });

  test('is closed when the service has hung up', async () => {
    const order: string[] = [];
    const { url } = await startSocketServer({
      hangsUp: false,
      message: ({ socket }, message) => {
        if (message['close_socket'] !== true) return;
        setTimeout(() => {
          order.push('service');
          socket.close(1000);
        }, 200);
      },
    });
    const session = createClient({ baseUrl: url }).textToSpeech.connectMulti('v', format);
    await session.createContext().send('Hello. ');
    await session.close();
    order.push('session');
    expect(order).toEqual(['service', 'session']);
  });

  test('is closed though the service never hangs up', async () => {
    const served = await startSocketServer({ hangsUp: false });
    const session = createClient({ baseUrl: served.url }).textToSpeech.connectMulti('v', format);
    await session.createContext().send('Hello. ');
    await session.close();
    expect(served.connections[0]!.messages.at(-1)).toEqual({ close_socket: true });
    await expect.poll(() => served.openSockets, patience).toBe(0);
  });

  test('is ended by its signal, which it lets go of', async () => {
    const caller = new AbortController();
    const session = createClient().textToSpeech.connectMulti(voiceId, { ...format, signal: caller.signal });
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(1);
    const context = session.createContext();
    await context.send(long, { flush: true });
    const reading = hear(context, '');
    caller.abort('mine');
    expect((await reading).error).toBe('mine');
    expect(() => session.createContext()).toThrow('mine');
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    await untilNothingIsOpen();
  });

  test('lets go of its signal when it is closed, and at the end of its block', async () => {
    const caller = new AbortController();
    {
      await using session = createClient().textToSpeech.connectMulti(voiceId, { ...format, signal: caller.signal });
      expectWhole(await say(session.createContext({ signal: caller.signal }), text), text);
    }
    {
      using session = createClient().textToSpeech.connectMulti(voiceId, { ...format, signal: caller.signal });
      await session.createContext().send('Hello. ');
    }
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    await untilNothingIsOpen();
  });

  test('whose connection is lost opens another one for what comes then', async () => {
    const served = await startSocketServer({
      message: ({ send }, message) => {
        const id = String(message['context_id']);
        if (message['flush']) send(frameOf(text, 1000, id));
        if (message['close_context']) send(finalFrame(id));
      },
    });
    const session = createClient({ baseUrl: served.url }).textToSpeech.connectMulti('v', format);
    for (const count of [1, 2, 3]) {
      expectWhole(await say(session.createContext(), text), text);
      expect(served.connections).toHaveLength(count);
      served.connections.at(-1)!.socket.close(1012);
      await expect.poll(() => served.openSockets, patience).toBe(0);
    }
    await session.close();
    expect(served.connections).toHaveLength(3);
  });
});

describe('a context that fails', () => {
  test('does so alone', async () => {
    const { url } = await startSocketServer({
      message: ({ send }, message) => {
        const id = String(message['context_id']);
        const failure = { message: 'sec ret', error: 'max_character_limit_exceeded', code: 1008, contextId: id };
        if (message['text'] === 'Bad. ') send(failure);
        if (message['flush']) send(frameOf('Good.', 100, id));
        if (message['close_context']) send(finalFrame(id));
      },
    });
    const session = createClient({ baseUrl: url }).textToSpeech.connectMulti('v', format);
    const [good, bad] = [session.createContext(), session.createContext()];
    await good.send('Good.');
    expect((await say(bad, 'Bad. ')).error).toMatchObject({ code: 'invalid-request', unspokenText: 'Bad. ' });
    await good.close();
    expectWhole(await hear(good, 'Good.'), 'Good.');
    await session.close();
  });

  test('does so alone when the service hangs up because of it', async () => {
    const served = await startSocketServer({
      message: ({ send, socket }, message) => {
        const id = String(message['context_id']);
        if (message['text'] === 'Bad. ') {
          send({ message: 'no', error: 'max_character_limit_exceeded', code: 1008, contextId: id });
          socket.close(1008, 'no');
        }
        if (message['flush']) send(frameOf('Good.', 100, id));
        if (message['close_context']) send(finalFrame(id));
      },
    });
    const session = createClient({ baseUrl: served.url }).textToSpeech.connectMulti('v', format);
    const [good, bad] = [session.createContext(), session.createContext()];
    await good.send('Good.');
    expect((await say(bad, 'Bad. ')).error).toMatchObject({ code: 'invalid-request', unspokenText: 'Bad. ' });
    await good.close();
    expectWhole(await hear(good, 'Good.'), 'Good.');
    expect(served.connections).toHaveLength(2);
    await session.close();
  });
});
