import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { SpeechServer } from '../../demo/speech-server/server.ts';
import { createSpeechClient } from '../../src/core/index.ts';
import { startOwnSpeechServer } from '../speech-server/support/own-speech-server.ts';
import { hear, wordsOf } from '../support/heard-speech.ts';
import { createRecordingSocket } from '../support/recording-socket.ts';

const voiceId = 'kal16UsEnglishMale01';
const options = { outputFormat: 'pcm_8000', syncAlignment: true, inactivityTimeout: 0.6 } as const;
const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

// The machine may be busy.
vi.setConfig({ testTimeout: 60_000 });

let server: SpeechServer;
beforeAll(async () => {
  server = await startOwnSpeechServer({ port: 0 });
}, 30_000);
afterAll(() => server.close());

test.concurrent.each(['connect', 'connectMulti'] as const)(
  'a silent caller does not end a session of %s',
  async (call) => {
    const { WebSocket, connections } = createRecordingSocket();
    const client = createSpeechClient({ baseUrl: server.url, apiKey: 'k', WebSocket });
    const session = client.textToSpeech[call](voiceId, options);
    const speech = 'createContext' in session ? session.createContext({ contextId: 'c' }) : session;
    const said = 'One two three. Four five six.';
    await speech.send('One two ');
    await pause(3);
    await speech.send('three. ', { flush: true });
    await pause(1);
    await speech.send('Four five six.');
    void speech.end();
    const { error, words } = await hear(speech, said);
    expect(error).toBeUndefined();
    expect(words.map((word) => word.text)).toEqual(wordsOf(said));
    expect(connections).toHaveLength(1);
    const { messages } = connections[0]!;
    const isKeepAlive = (message: object): boolean =>
      JSON.stringify(message) === JSON.stringify(call === 'connect' ? { text: ' ' } : { text: '', context_id: 'c' });
    expect(messages.slice(1).filter(isKeepAlive).length).toBeGreaterThanOrEqual(5);
    if (call === 'connect') expect(messages.filter(({ text }) => text === '')).toEqual([{ text: '' }]);
    else expect(messages.every((message) => message['context_id'] === 'c')).toBe(true);
    await session.close();
    const { length } = messages;
    await pause(1);
    expect(messages).toHaveLength(length);
    expect(messages.findLastIndex(isKeepAlive)).toBeLessThan(messages.findIndex(isEnd));
  },
);

test.concurrent('a session that only waits for its speech says nothing more', async () => {
  const { WebSocket, connections } = createRecordingSocket();
  const headers = { 'x-fault-pace': '2' };
  const client = createSpeechClient({ baseUrl: server.url, apiKey: 'k', WebSocket, headers });
  const session = client.textToSpeech.connect(voiceId, options);
  const said = 'This takes a while to be said, since it comes at the pace at which it is heard.';
  void session.send(said);
  void session.end();
  const { error, words } = await hear(session, said);
  expect(error).toBeUndefined();
  expect(words.filter(({ estimated }) => estimated)).toEqual([]);
  expect(connections).toHaveLength(1);
  expect(connections[0]!.messages.findIndex(isEnd)).toBe(connections[0]!.messages.length - 1);
});

test.concurrent('a context that waits for its last word keeps its connection, however slow it is spoken', async () => {
  const { WebSocket, connections } = createRecordingSocket();
  const headers = { 'x-fault-pace': '2', 'x-fault-eager-close': '1' };
  const client = createSpeechClient({ baseUrl: server.url, apiKey: 'k', WebSocket, headers });
  const session = client.textToSpeech.connectMulti(voiceId, options);
  const context = session.createContext({ contextId: 'c' });
  const said = 'This takes a while to be said, since it comes at the pace at which it is heard.';
  void context.send(said);
  void context.close();
  const { error, words } = await hear(context, said);
  expect(error).toBeUndefined();
  expect(words.filter(({ estimated }) => estimated)).toEqual([]);
  expect(connections).toHaveLength(1);
  const { messages } = connections[0]!;
  const flush = messages.findIndex((message) => message['flush'] === true);
  const waiting = messages.slice(flush + 1, messages.findIndex(isEnd));
  expect(waiting.length).toBeGreaterThanOrEqual(4);
  expect(waiting).toEqual(waiting.map(() => ({ text: '', context_id: 'c' })));
  expect(messages.findIndex(isEnd)).toBe(messages.length - 1);
  await session.close();
});

test.concurrent('a context whose timing comes ahead of its sound is spoken to its end', async () => {
  const { WebSocket } = createRecordingSocket();
  const headers = { 'x-fault-pace': '2' };
  const client = createSpeechClient({ baseUrl: server.url, apiKey: 'k', WebSocket, headers });
  const session = client.textToSpeech.connectMulti(voiceId, { ...options, syncAlignment: false });
  const context = session.createContext();
  const said = 'This takes a while to be said, since it comes at the pace at which it is heard.';
  void context.send(said);
  void context.close();
  const { error, words, bytes } = await hear(context, said);
  expect(error).toBeUndefined();
  expect(words.filter(({ estimated }) => estimated)).toEqual([]);
  expect(words.at(-1)!.end).toBeLessThanOrEqual(bytes / 16_000 + 0.002);
  await session.close();
});

function isEnd(message: Readonly<Record<string, unknown>>): boolean {
  return message['close_context'] === true || (message['text'] === '' && message['context_id'] === undefined);
}
