import type { Worker } from 'node:worker_threads';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SpeechServer } from '../../demo/speech-server/server.ts';
import { Synthesizer } from '../../demo/speech-server/speech/synthesizer.ts';
import { startOwnSpeechServer } from './support/own-speech-server.ts';
import { SocketClient } from './support/socket-client.ts';

let server: SpeechServer;
let thread: Worker;

function takeThread(worker: Worker): void {
  thread = worker;
}

function speak(text: string, call = ''): Promise<Response> {
  return fetch(`${server.url}/v1/text-to-speech/rmsUsEnglishMale0001${call}?output_format=pcm_48000`, {
    method: 'POST',
    headers: { 'xi-api-key': 'local' },
    body: JSON.stringify({ text, model_id: 'eleven_flash_v2_5' }),
  });
}

async function openSpeeches(): Promise<number> {
  const health = (await (await fetch(`${server.url}/health`)).json()) as { readonly open_speeches: number };
  return health.open_speeches;
}

async function expectInternalError(response: Response): Promise<void> {
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ detail: { type: 'internal_error', code: 'internal_server_error' } });
}

const longText = 'The quick brown fox jumps over the lazy dog. '.repeat(400);

describe.each([
  // The thread's message handler throws.
  ['fails', (worker: Worker) => worker.postMessage(null)],
  ['ends', (worker: Worker) => void worker.terminate()],
])('when the synthesis thread %s', (_name, kill) => {
  beforeEach(async () => {
    process.once('worker', takeThread);
    server = await startOwnSpeechServer({ port: 0 });
    process.off('worker', takeThread);
  }, 30_000);
  afterEach(() => server.close());

  test('requests that wait are answered with an internal error, and so are later ones', async () => {
    const waiting = [speak(longText), speak(longText, '/with-timestamps')];
    await expect.poll(openSpeeches, { timeout: 10_000 }).toBe(2);
    kill(thread);
    for (const response of await Promise.all(waiting)) await expectInternalError(response);
    await expectInternalError(await speak('Hello.'));
    await expectInternalError(await speak('Hello.', '/stream'));
    expect(await openSpeeches()).toBe(0);
  });

  test.each(['stream-input', 'multi-stream-input'] as const)('%s tells an internal error', async (call) => {
    const query = { model_id: 'eleven_flash_v2_5', sync_alignment: true, fault_pace: 20 };
    const client = await SocketClient.open({ url: server.url, call, query });
    client.send({ text: longText, flush: true });
    await client.untilAudio();
    kill(thread);
    expect(await client.closed).toMatchObject({ code: 1011 });
    expect(client.frames.at(-1)).toMatchObject({ error: 'internal_server_error', code: 1011 });
    expect(await openSpeeches()).toBe(0);
  });

  test('a stream that has begun breaks off', async () => {
    const response = await speak(longText, '/stream');
    expect(response.status).toBe(200);
    kill(thread);
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
    expect(await openSpeeches()).toBe(0);
  });
});

test('closing while speeches are waited for is not reported as an error', async () => {
  server = await startOwnSpeechServer({ port: 0 });
  const report = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const waiting = Promise.allSettled([speak(longText), speak(longText, '/with-timestamps')]);
    await expect.poll(openSpeeches, { timeout: 10_000 }).toBe(2);
    await server.close();
    expect((await waiting).map((result) => result.status)).toEqual(['rejected', 'rejected']);
    await setImmediate();
    expect(report).not.toHaveBeenCalled();
  } finally {
    report.mockRestore();
  }
}, 30_000);

test.each([
  ['fails', 'throw new Error("no engine")', 'no engine'],
  ['ends', 'process.exit(0)', 'ended'],
])('a thread that %s before it is ready is an error of the start', async (_name, script, message) => {
  await expect(Synthesizer.start(new URL(`data:text/javascript,${script}`))).rejects.toThrow(message);
});
