import { expect, inject, test } from 'vitest';
import { createSpeechClient } from '../../src/core/index.ts';
import type { Fetch } from '../../src/core/client-options.ts';
import { hear, wordsOf } from '../support/heard-speech.ts';

const voiceId = 'kal16UsEnglishMale01';
const text = 'Hello there.';
const options = { outputFormat: 'pcm_8000' } as const;
const service = inject('speechServerUrl');
/** What gives tokens here; for a request the service takes any. */
const token = new URL('/v1/single-use-token/tts_websocket', service);

/** A `fetch` that makes a gateway of the service, and keeps what was asked for. */
function watch() {
  const requests: Request[] = [];
  const watched: Fetch = async (url, init) => {
    const headers = new Headers(init.headers);
    requests.push(new Request(url, { method: init.method ?? 'GET', headers }));
    if (url === token.href || headers.has('upgrade')) headers.set('xi-api-key', 'local');
    headers.delete('sec-websocket-protocol');
    return fetch(url, { ...init, headers });
  };
  return { requests, client: createSpeechClient({ baseUrl: service, token, fetch: watched }) };
}

test('in workerd, a request has a token from the address of a gateway', async () => {
  const { requests, client } = watch();
  const speech = client.textToSpeech.streamWithTimestamps(voiceId, { text }, options);
  const { error, words } = await hear(speech, text);
  expect(error).toBeUndefined();
  expect(words.map((word) => word.text)).toEqual(wordsOf(text));
  expect(requests.map(({ method, url }) => [method, new URL(url).pathname])).toEqual([
    ['POST', token.pathname],
    ['POST', `/v1/text-to-speech/${voiceId}/stream/with-timestamps`],
  ]);
  expect(requests[1]!.headers.get('authorization')).toMatch(/^Bearer sutkn_/);
});

test('in workerd, a socket has it in its subprotocol, and nowhere else', async () => {
  const { requests, client } = watch();
  await using session = client.textToSpeech.connect(voiceId, options);
  void session.end(text);
  expect((await hear(session, text)).error).toBeUndefined();
  expect(requests).toHaveLength(2);
  const { url, headers } = requests[1]!;
  expect(headers.get('sec-websocket-protocol')).toMatch(/^saylight\.v1, saylight\.token\.sutkn_\w+$/);
  expect(headers.get('authorization')).toBeNull();
  expect(url).not.toContain('sutkn_');
});
