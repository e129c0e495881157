import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startWorkerd } from '../../../scripts/workerd-process.mjs';
import { startHostileService, type HostileService } from './hostile-service.ts';
import { served } from './served-options.ts';

const text = 'words that nobody may read in a log';

let service: HostileService;
let worker: Awaited<ReturnType<typeof startWorkerd>>;
const tokens: string[] = [];

beforeAll(async () => {
  service = await startHostileService();
  worker = await startWorkerd({
    entry: fileURLToPath(new URL('limited-worker.ts', import.meta.url)),
    bindings: { SERVICE_URL: service.url },
    durableObjects: { SPEECH_LIMITS: 'SpeechLimitsObject' },
    flags: ['enable_request_signal'],
  });
}, 60_000);
afterAll(async () => {
  await worker?.stop();
  service?.close();
});

/** Has a voice speak, for somebody of their own. */
async function speaker(mount: string): Promise<(voice: string, signal?: AbortSignal) => Promise<Response>> {
  const headers = { origin: served.origin, 'content-type': 'application/json', cookie: crypto.randomUUID() };
  const reply = await fetch(`${worker.url}${mount}/token`, { method: 'POST', headers, body: '{}' });
  const { token } = (await reply.json()) as { token: string };
  tokens.push(token);
  return (voice, signal) =>
    fetch(`${worker.url}${mount}/v1/text-to-speech/${voice}/stream`, {
      method: 'POST',
      headers: { origin: served.origin, 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ text }),
      signal: signal ?? null,
    });
}

async function untilClosed(): Promise<void> {
  while (service.open > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Hears the beginning of an endless speech and leaves. */
async function leave(speak: Awaited<ReturnType<typeof speaker>>): Promise<void> {
  const leaving = new AbortController();
  const reply = await speak('endless', leaving.signal);
  expect(reply.status).toBe(200);
  await reply.body?.getReader().read();
  leaving.abort();
}

afterEach(untilClosed);

test('in workerd, a place is free again soon after its caller has left', async () => {
  const speak = await speaker('/speech');
  const begun = performance.now();
  await leave(speak);
  let status: number;
  do {
    const reply = await speak('plain');
    ({ status } = reply);
    await reply.arrayBuffer();
  } while (status === 429);
  expect(status).toBe(200);
  expect(performance.now() - begun).toBeLessThan(served.sessionSeconds * 1000);
  await untilClosed();
});

test('in workerd, a speech that is kept holds its place until it is over, though its caller has left', async () => {
  const speak = await speaker('/kept');
  await leave(speak);
  for (let count = 0; count < 3; count += 1) expect((await speak('endless')).status).toBe(429);
  // The session's time limit ends it.
  await untilClosed();
  await expect.poll(async () => (await speak('plain')).status).toBe(200);
});

test('in workerd, a speech beyond the session’s seconds is cut off, and its place is free', async () => {
  const speak = await speaker('/speech');
  await (await speak('endless')).arrayBuffer().catch(() => undefined);
  await untilClosed();
  await expect.poll(async () => (await speak('plain')).status).toBe(200);
});

test('in workerd, nothing that is printed holds a text, a token, a key or a secret', async () => {
  const speak = await speaker('/speech');
  for (const voice of ['plain', 'silent', 'moved', 'cut']) {
    await (await speak(voice)).arrayBuffer().catch(() => undefined);
  }
  await expect.poll(() => worker.printed()).toContain('"upstream_timeout"');
  expect(tokens.length).toBeGreaterThan(0);
  for (const hidden of [text, served.apiKey, served.secret, ...tokens]) expect(worker.printed()).not.toContain(hidden);
});
