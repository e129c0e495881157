import { expect, test } from 'vitest';
import { durableLimits, type DurableNamespace } from '../../../src/edge/limits/durable-limits.ts';
import type { SpeechLimits } from '../../../src/edge/limits/speech-limits.ts';
import { sendJson, startHttpServer, type Handler, type HttpServer } from '../../support/http-server.ts';
import { rejection } from '../../support/rejection.ts';

const admission = { lease: 'lease', leaseSeconds: 60, characters: 1 };

/** Objects that are paths of a server. */
async function startObjects(handler: Handler, timeout = 30): Promise<{ limits: SpeechLimits; server: HttpServer }> {
  const server = await startHttpServer(handler);
  const namespace: DurableNamespace = {
    idFromName: (name) => name,
    get: (id) => ({ fetch: (_url, init) => fetch(`${server.url}/${String(id)}`, init) }),
  };
  return { limits: durableLimits(namespace, { timeout }), server };
}

function callAll(limits: SpeechLimits): Promise<unknown>[] {
  const { lease } = admission;
  return [limits.admit({ subject: 'me', ...admission }), limits.reserve('me', lease, 1), limits.settle('me', lease, 1)];
}

test('every subject has an object of its own, whose name and calls don’t tell who it is', async () => {
  const { limits, server } = await startObjects((response) => sendJson(response, { admitted: true }));
  const subjects = ['alice@example.com', 'alice@example.co', 'x'.repeat(10_000), 'alice@example.com'];
  for (const subject of subjects) await limits.admit({ subject, ...admission });
  const paths = server.requests.map(({ path }) => path);
  for (const path of paths) expect(path).toMatch(/^\/[0-9a-f]{64}$/);
  expect(new Set(paths).size).toBe(3);
  expect(paths[3]).toBe(paths[0]);
  expect(JSON.stringify(server.requests)).not.toContain('alice');
});

test('each call is one request', async () => {
  const { limits, server } = await startObjects((response, { body }) => {
    if (body.includes('settle')) response.writeHead(204).end();
    else sendJson(response, { admitted: false, reason: 'budget', retryAfter: 3 });
  });
  const refusal = { admitted: false, reason: 'budget', retryAfter: 3 };
  expect(await Promise.all(callAll(limits))).toEqual([refusal, refusal, undefined]);
  expect(server.requests).toHaveLength(3);
});

test('an object that fails, or says anything but a verdict, is an error', async () => {
  const answers: Handler[] = [
    (response) => sendJson(response, { admitted: true }, 500),
    (response) => sendJson(response, { admitted: true }, 201),
    (response) => void response.destroy(),
    (response) => void response.writeHead(200).end('{"admitted":tr'),
    ...[null, [], true, 'admitted', {}, { admitted: 'true' }, { admitted: 1 }, { admitted: false }].map(
      (body): Handler =>
        (response) =>
          sendJson(response, body),
    ),
    (response) => sendJson(response, { admitted: false, reason: 'toString' }),
    (response) => sendJson(response, { admitted: false, reason: 'used', retryAfter: '5' }),
  ];
  for (const answer of answers) {
    const { limits } = await startObjects(answer);
    const errors = await Promise.all(callAll(limits).map(rejection));
    for (const error of errors) expect(error).toBeInstanceOf(Error);
  }
});

test('an object that says nothing, or does not come to an end, is an error', async () => {
  const silent: Handler[] = [() => undefined, (response) => void response.writeHead(200).write('{"admitted":true')];
  for (const answer of silent) {
    const { limits } = await startObjects(answer, 0.2);
    expect(await rejection(limits.admit({ subject: 'me', ...admission }))).toMatchObject({ name: 'TimeoutError' });
  }
});
