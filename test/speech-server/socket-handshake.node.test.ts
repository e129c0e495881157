import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, inject, test } from 'vitest';
import { SingleUseTokens } from '../../demo/speech-server/routes/single-use-tokens.ts';
import { converse, refusalOf, SocketClient, textOf } from './support/socket-client.ts';
import { fetchPath } from './support/speech-call.ts';

const calls = ['stream-input', 'multi-stream-input'] as const;
const none = {};

async function singleUseToken(type = 'tts_websocket'): Promise<string> {
  const response = await fetchPath(`/v1/single-use-token/${type}`, { method: 'POST' });
  return ((await response.json()) as { readonly token: string }).token;
}

/** Whether text is spoken over a connection. */
async function speaks(call: Parameters<typeof converse>[0], credentials: object = {}): Promise<boolean> {
  const client = await SocketClient.open(call);
  client.send({ text: ' ', ...credentials }, { text: 'Hello there. ', flush: true });
  await client.untilAudio();
  client.socket.terminate();
  return textOf(client.audioFrames).startsWith('Hello');
}

describe.each(calls)('%s', (call) => {
  test.each([
    ['a key in a header', { headers: { 'xi-api-key': 'local' } }],
    ['a bearer token in a header', { headers: { authorization: 'Bearer local' } }],
    ['a bearer token in the query', { headers: none, query: { authorization: 'Bearer local' } }],
    ['a token in the query', { headers: none, query: { authorization: 'local' } }],
  ])('takes %s', async (_name, credentials) => {
    expect(await speaks({ call, ...credentials })).toBe(true);
  });

  test.each([
    { 'xi-api-key': 'local' },
    { xi_api_key: 'local' },
    { authorization: 'Bearer local' },
    { authorization: 'local' },
  ])('takes %o in the first message', async (credentials) => {
    expect(await speaks({ call, headers: none }, credentials)).toBe(true);
  });

  test('takes a single-use token once', async () => {
    const query = { single_use_token: await singleUseToken() };
    expect(await speaks({ call, headers: none, query })).toBe(true);
    const refusal = await refusalOf({ call, headers: none, query });
    expect(refusal.status).toBe(401);
    expect(JSON.parse(refusal.body)).toMatchObject({
      detail: { type: 'authentication_error', code: 'invalid_single_use_token' },
    });
  });

  test('takes no single-use token of another type, and none that was not made', async () => {
    for (const token of [await singleUseToken('realtime_scribe'), 'sutkn_mine', '']) {
      expect((await refusalOf({ call, query: { single_use_token: token } })).status).toBe(401);
    }
  });

  test.each([
    { headers: { 'xi-api-key': 'invalid' } },
    { headers: { authorization: 'Bearer invalid' } },
    { headers: none, query: { authorization: 'invalid' } },
  ])('refuses the key that is not valid: %o', async (credentials) => {
    const { status, body } = await refusalOf({ call, ...credentials });
    expect(status).toBe(401);
    expect(JSON.parse(body)).toMatchObject({ detail: { code: 'invalid_api_key', status: 'invalid_api_key' } });
  });

  test.each([
    ['needs_authorization', { text: ' ' }],
    ['invalid_api_key', { text: ' ', xi_api_key: 'invalid' }],
    ['invalid_api_key', { text: ' ', authorization: 'Bearer invalid' }],
  ])('closes with %s after the first message', async (error, message) => {
    const { frames, code } = await converse({ call, headers: none }, [message, { text: 'Hello. ', flush: true }]);
    expect(frames).toEqual([{ message: expect.any(String), error, code: 1008 }]);
    expect(code).toBe(1008);
  });

  test.each([
    [404, 'voice_not_found', { voice: 'nobody' }],
    [403, 'model_not_allowed', { query: { model_id: 'eleven_v3' } }],
    [400, 'unsupported_output_format', { query: { output_format: 'mp3_44100_128' } }],
    [400, 'unsupported_output_format', { query: { output_format: 'opus_48000_32' } }],
  ])('answers %i %s to %o', async (expected, code, options) => {
    const { status, headers, body } = await refusalOf({ call, ...options });
    expect(status).toBe(expected);
    expect(headers['content-type']).toBe('application/json');
    const { detail } = JSON.parse(body) as { readonly detail: object };
    expect(detail).toMatchObject({ code, status: code, request_id: headers['x-trace-id'] });
  });

  test.each([
    ['model_id', 'eleven_v9'],
    ['output_format', 'pcm_48000'],
    ['output_format', 'wav_16000'],
    ['inactivity_timeout', '181'],
    ['inactivity_timeout', '-1'],
    ['inactivity_timeout', 'soon'],
    ['sync_alignment', 'maybe'],
    ['auto_mode', '2'],
    ['enable_logging', 'no'],
    ['enable_ssml_parsing', 'no'],
    ['apply_text_normalization', 'never'],
    ['seed', '1.5'],
    ['seed', '4294967296'],
    ['fault_nothing', '1'],
  ])('answers 422 to %s=%s', async (name, value) => {
    const { status, body } = await refusalOf({ call, query: { [name]: value } });
    expect(status).toBe(422);
    expect(JSON.parse(body)).toMatchObject({ detail: [{ loc: ['query', name] }] });
  });

  test('takes every parameter of the service', async () => {
    const query = {
      model_id: 'eleven_flash_v2_5',
      language_code: 'en',
      enable_logging: false,
      enable_ssml_parsing: true,
      output_format: 'pcm_16000',
      inactivity_timeout: 180,
      sync_alignment: true,
      auto_mode: false,
      apply_text_normalization: 'on',
      seed: 4_294_967_295,
    };
    expect(await speaks({ call, query })).toBe(true);
  });

  test('asks for MP3 where no format is named', async () => {
    const url = new URL(`/v1/text-to-speech/kal16UsEnglishMale01/${call}`, inject('speechServerUrl'));
    const socket = connect(Number(url.port), url.hostname);
    socket.write(
      `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nxi-api-key: local\r\n\r\n`,
    );
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'close');
    const answer = Buffer.concat(chunks).toString();
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toMatch(/mp3_44100_128/);
  });

  test.each([429, 503, 422])('is refused with %i on request', async (expected) => {
    const { status, headers } = await refusalOf({ call, query: { fault_status: expected, fault_retry_after: 2 } });
    expect([status, headers['retry-after']]).toEqual([expected, '2']);
  });

  test('is refused with a broken body on request', async () => {
    const { status, body } = await refusalOf({ call, query: { fault_status: 500 } });
    expect(status).toBe(500);
    expect(() => JSON.parse(body) as unknown).toThrow(SyntaxError);
  });

  test('is refused as many times as a fault says', async () => {
    const key = `handshakes of ${call}`;
    const query = { fault_status: 503, fault_times: 2, fault_key: key };
    expect((await refusalOf({ call, query })).status).toBe(503);
    expect((await refusalOf({ call, query })).status).toBe(503);
    expect(await speaks({ call, query })).toBe(true);
  });

  test('is refused for want of quota on request, by a header', async () => {
    const { status, body } = await refusalOf({ call, headers: { 'xi-api-key': 'local', 'x-fault-quota': '1' } });
    expect(status).toBe(401);
    expect(JSON.parse(body)).toMatchObject({ detail: { code: 'quota_exceeded' } });
  });
});

test('a handshake that is held back comes later', async () => {
  const begin = performance.now();
  const client = await SocketClient.open({ query: { fault_delay: 200 } });
  expect(performance.now() - begin).toBeGreaterThan(190);
  client.socket.terminate();
});

test('other paths have no WebSocket', async () => {
  expect((await refusalOf({ voice: 'a/b' })).status).toBe(404);
});

test('a plain request finds nothing at the paths of the WebSockets', async () => {
  expect((await fetchPath('/v1/text-to-speech/kal16UsEnglishMale01/stream-input')).status).toBe(404);
});

describe('a single-use token', () => {
  test('is good for 15 minutes', () => {
    let now = 0;
    const tokens = new SingleUseTokens(() => now);
    const [first, second] = [tokens.create('tts_websocket'), tokens.create('tts_websocket')];
    now = 15 * 60_000 - 1;
    expect(tokens.consume(first, 'tts_websocket')).toBe(true);
    now++;
    expect(tokens.consume(second, 'tts_websocket')).toBe(false);
  });

  test('is not used up by a call of another type', () => {
    const tokens = new SingleUseTokens();
    const token = tokens.create('tts_websocket');
    expect(tokens.consume(token, 'batch_scribe')).toBe(false);
    expect(tokens.consume(token, 'tts_websocket')).toBe(true);
    expect(tokens.consume(token, 'tts_websocket')).toBe(false);
  });
});
