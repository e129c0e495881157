import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SpeechServer } from '../../demo/speech-server/server.ts';
import { startOwnSpeechServer } from './support/own-speech-server.ts';

let server: SpeechServer;
beforeAll(async () => {
  server = await startOwnSpeechServer({ port: 0 });
}, 30_000);
afterAll(() => server.close());

interface Health {
  readonly open_speeches: number;
  readonly pieces_spoken: number;
}

async function health(): Promise<Health> {
  return (await fetch(`${server.url}/health`)).json() as Promise<Health>;
}

interface SpeakOptions {
  readonly url?: string;
  readonly signal?: AbortSignal;
  readonly query?: string;
}

function speak(text: string, { url = server.url, signal, query = '' }: SpeakOptions = {}): Promise<Response> {
  return fetch(`${url}/v1/text-to-speech/kal16UsEnglishMale01/stream?output_format=pcm_48000${query}`, {
    method: 'POST',
    headers: { 'xi-api-key': 'local' },
    body: JSON.stringify({ text, model_id: 'eleven_flash_v2_5' }),
    ...(signal === undefined ? {} : { signal }),
  });
}

const patience = { timeout: 10_000 };
const sentences = 400;
const longText = 'The quick brown fox jumps over the lazy dog. '.repeat(sentences);

test('a client that goes away stops the synthesis', async () => {
  const controller = new AbortController();
  const response = await speak(longText, { signal: controller.signal });
  const before = await health();
  expect(before.open_speeches).toBe(1);
  await response.body!.getReader().read();
  controller.abort();
  await expect.poll(async () => (await health()).open_speeches, patience).toBe(0);
  expect((await health()).pieces_spoken).toBeLessThan(sentences / 2);
});

test('clients that go away before the first byte leave no speech open', async () => {
  for (let count = 0; count < 12; count++) {
    await expect(speak(longText, { signal: AbortSignal.timeout(count * 3) })).rejects.toThrow('timeout');
  }
  await expect.poll(async () => (await health()).open_speeches, patience).toBe(0);
});

test('a client that does not read holds the synthesis back', async () => {
  const before = await health();
  const controller = new AbortController();
  const response = await speak(longText, { signal: controller.signal });
  // While this one is idle, others are served.
  for (let count = 0; count < 5; count++) await (await speak('Next, please.')).arrayBuffer();
  const after = await health();
  expect(after.open_speeches).toBe(1);
  expect(after.pieces_spoken - before.pieces_spoken).toBeLessThan(sentences / 2);
  controller.abort();
  await response.body?.cancel().catch(() => {});
  await expect.poll(async () => (await health()).open_speeches, patience).toBe(0);
});

test('a refused text leaves no speech open', async () => {
  expect((await speak('日本語')).status).toBe(400);
  expect((await health()).open_speeches).toBe(0);
});

test('more speeches than the server holds are refused with 429', async () => {
  const small = await startOwnSpeechServer({ port: 0, maximumSpeeches: 1 });
  const first = await speak(longText, { url: small.url });
  expect(first.headers.get('maximum-concurrent-requests')).toBe('1');
  const second = await speak('Me too.', { url: small.url });
  expect(second.status).toBe(429);
  expect(await second.json()).toMatchObject({ detail: { code: 'concurrent_limit_exceeded' } });
  await first.body?.cancel();
  await small.close();
});

test('a port that is taken is an error, and the first server goes on', async () => {
  await expect(startOwnSpeechServer({ port: Number(new URL(server.url).port) })).rejects.toThrow('EADDRINUSE');
  expect((await speak('Still here.')).status).toBe(200);
});

test('closing ends the connections that are open', async () => {
  const other = await startOwnSpeechServer({ port: 0 });
  const response = await speak('Hello.', { url: other.url, query: '&fault_stall=100' });
  const ended = expect(response.arrayBuffer()).rejects.toThrow();
  await other.close();
  await ended;
  await expect(fetch(`${other.url}/health`)).rejects.toThrow();
});
