import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createSpeechClient, SpeechError, type SpeechClient } from '../../src/core/index.ts';
import type { SpeechClientOptions } from '../../src/core/client-options.ts';
import { hear } from '../support/heard-speech.ts';
import { finalFrame, frameOf, startSocketServer } from '../support/socket-server.ts';

const format = { outputFormat: 'pcm_8000', syncAlignment: true } as const;
const text = 'one two three four five.';

// The machine may be busy.
vi.setConfig({ testTimeout: 60_000 });

function createClient(url: string, options: SpeechClientOptions = {}): SpeechClient {
  return createSpeechClient({ baseUrl: url, apiKey: 'k', WebSocket, retry: { minDelay: 0.01 }, ...options });
}

describe('a service that ends before the text does', () => {
  test('without a final message has hung up too early: the rest is asked for over another connection', async () => {
    const served = await startSocketServer({
      message({ send, socket, messages }, message, index) {
        if (message['text'] !== '') return;
        send(
          frameOf(
            index === 0
              ? 'one two '
              : messages
                  .map((each) => String(each['text']))
                  .join('')
                  .trimStart(),
          ),
        );
        if (index > 0) send(finalFrame());
        socket.close(1000);
      },
    });
    const session = createClient(served.url).textToSpeech.connect('v', format);
    void session.end(text);
    const { words, error } = await hear(session, text);
    expect(error).toBeUndefined();
    expect(words.map(({ text: word, estimated }) => [word, estimated])).toEqual(
      ['one', 'two', 'three', 'four', 'five'].map((word) => [word, false]),
    );
    expect(served.connections[1]?.messages[1]).toEqual({ text: 'three four five. ' });
  });

  test('with a final message is warned of', async () => {
    const { url } = await startSocketServer({
      message: ({ send }, message) => message['text'] === '' && send(frameOf('one two '), finalFrame()),
    });
    const session = createClient(url).textToSpeech.connect('v', format);
    void session.end(text);
    expect((await hear(session, text)).error).toBeUndefined();
    expect(session.warnings).toEqual([expect.stringContaining('before its text ended')]);
  });

  test('without a sound is an error that holds the text', async () => {
    const { url } = await startSocketServer({
      message: ({ send }, message) => message['text'] === '' && send(finalFrame()),
    });
    const session = createClient(url).textToSpeech.connect('v', format);
    void session.end(text);
    const { error } = await hear(session, text);
    expect(error).toMatchObject({ code: 'protocol', unspokenText: text });
  });

  test('ends a context of itself: what follows is said in a new one', async () => {
    const served = await startSocketServer({
      message({ send, messages }, message) {
        const { context_id: id } = message as { context_id?: string };
        const isFirst = messages.filter((each) => each['text'] === ' ' && !each['flush']).length === 1;
        if (message['flush'] === true && isFirst) send(frameOf('one two ', 100, id), finalFrame(id));
        else if (message['flush'] === true) send(frameOf('three four five.', 100, id));
        if (message['close_context'] === true) send(finalFrame(id));
      },
    });
    await using session = createClient(served.url).textToSpeech.connectMulti('v', {
      ...format,
      voice_settings: { speed: 1.1 },
    });
    const context = session.createContext();
    const reading = hear(context, text);
    await context.send('one two ', { flush: true });
    await vi.waitFor(() => expect(context.text).toBe('one two '));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await context.send('three four five. ', { flush: true });
    void context.end();
    const { words, error } = await reading;
    expect(error).toBeUndefined();
    expect(words.every(({ estimated }) => !estimated)).toBe(true);
    const begins = served.connections[0]?.messages.filter((each) => 'voice_settings' in each);
    expect(begins).toHaveLength(2);
  });
});

describe('a service that falls silent', () => {
  test('after a flush is a timeout, though more text may follow', async () => {
    const { url } = await startSocketServer();
    const session = createClient(url, { idleTimeout: 0.3 }).textToSpeech.connect('v', format);
    void session.send('one two ', { flush: true });
    expect((await hear(session, text)).error).toMatchObject({ code: 'timeout', unspokenText: 'one two ' });
  });

  test('in one context is a timeout of that one, while another one speaks and a third waits for its text', async () => {
    const { url } = await startSocketServer({
      message({ send, socket }, message) {
        const { context_id: id } = message as { context_id?: string };
        if (id !== 'speaks' || message['flush'] !== true) return;
        const speaking = setInterval(() => send(frameOf('word ', 100, id)), 50);
        socket.on('close', () => clearInterval(speaking));
      },
    });
    await using session = createClient(url, { idleTimeout: 0.4 }).textToSpeech.connectMulti('v', format);
    const [stalls, speaks, waits] = ['stalls', 'speaks', 'waits'].map((contextId) =>
      session.createContext({ contextId }),
    );
    let heard = 0;
    void (async () => {
      for await (const chunk of speaks!) heard += chunk.audio.length;
    })();
    void speaks!.send('word '.repeat(1000), { flush: true });
    await waits!.send('And ');
    void stalls!.end(text);
    expect((await hear(stalls!, text)).error).toMatchObject({ code: 'timeout', unspokenText: text });
    const before = heard;
    await vi.waitFor(() => expect(heard).toBeGreaterThan(before), 5000);
    await waits!.send('so on ');
  });
});

describe('an error', () => {
  test('of a context is not taken for the reason of a later end', async () => {
    const served = await startSocketServer({
      message({ send, socket }, message) {
        const { context_id: id } = message as { context_id?: string };
        if (message['flush'] !== true) return;
        if (id === 'bad') return send({ message: 'no', error: 'voice_not_found', code: 1008, contextId: id });
        send(frameOf('one ', 100, id));
        socket.close(1008, 'quota_exceeded');
      },
    });
    await using session = createClient(served.url).textToSpeech.connectMulti('v', format);
    const bad = session.createContext({ contextId: 'bad' });
    void bad.end('Hello. ');
    expect((await hear(bad, 'Hello. ')).error).toMatchObject({ code: 'not-found' });
    const good = session.createContext({ contextId: 'good' });
    void good.end(text);
    expect((await hear(good, text)).error).toMatchObject({
      code: 'quota-exceeded',
      unspokenText: 'two three four five.',
    });
    expect(served.connections).toHaveLength(1);
  });

  test('of the caller is told as it is, and not as one of the network', async () => {
    const { url } = await startSocketServer();
    const settings = { stability: 1n as unknown as number };
    const session = createClient(url).textToSpeech.connect('v', { ...format, voice_settings: settings });
    onTestFinished(() => session.close());
    void session.end(text);
    const { error } = await hear(session, text);
    expect(SpeechError.is(error)).toBe(false);
    expect(error).toBeInstanceOf(TypeError);
  });
});

test('a context that is created after the service has hung up has its connection open before its text', async () => {
  const served = await startSocketServer({
    open: ({ socket }, index) =>
      void (index === 0 && setTimeout(() => socket.close(1008, 'input_timeout_exceeded'), 20)),
  });
  await using session = createClient(served.url).textToSpeech.connectMulti('v', format);
  await vi.waitFor(() => expect(served.connections).toHaveLength(1));
  await vi.waitFor(() => expect(served.openSockets).toBe(0));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(served.connections).toHaveLength(1);
  session.createContext();
  await vi.waitFor(() => expect(served.connections).toHaveLength(2));
});
