import { describe, expect, inject, test } from 'vitest';
import { fetchPath, fetchSpeech } from './support/speech-call.ts';

interface ObjectDetail {
  readonly detail: Readonly<Record<'type' | 'code' | 'message' | 'status' | 'request_id', string>>;
}

interface ListDetail {
  readonly detail: readonly {
    readonly loc: readonly (string | number)[];
    readonly msg: string;
    readonly type: string;
  }[];
}

describe('an error with a code', () => {
  test.each([
    ['a key that is invalid', { headers: { 'xi-api-key': 'invalid' } }, 401, 'invalid_api_key'],
    ['no key', { headers: { 'xi-api-key': '' } }, 401, 'needs_authorization'],
    ['an unknown voice', { voice: 'nobody' }, 404, 'voice_not_found'],
    ['MP3', { query: { output_format: 'mp3_44100_128' } }, 400, 'unsupported_output_format'],
    ['Opus', { call: '/stream', query: { output_format: 'opus_48000_64' } }, 400, 'unsupported_output_format'],
    ['Japanese only', { call: '/stream', body: { text: '日本語。' } }, 400, 'text_not_speakable'],
    ['marks only', { call: '/stream/with-timestamps', body: { text: '?! …' } }, 400, 'text_not_speakable'],
    ['a text that is too long', { body: { text: 'a '.repeat(5001) } }, 400, 'max_character_limit_exceeded'],
    ['a quota that is used up', { query: { fault_quota: 1 } }, 401, 'quota_exceeded'],
  ])('answers %s', async (_name, call, status, code) => {
    const response = await fetchSpeech(call);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toBeNull();
    const { detail } = (await response.json()) as ObjectDetail;
    expect(detail).toEqual({
      type: expect.stringMatching(/_error$|^not_found$/) as string,
      code,
      message: expect.stringMatching(/\.$/) as string,
      status: code,
      request_id: response.headers.get('x-trace-id'),
    });
  });

  test('is not the answer to a bearer token, which is as good as a key', async () => {
    const url = `${inject('speechServerUrl')}/v1/models`;
    expect((await fetch(url, { headers: { authorization: 'Bearer anything' } })).status).toBe(200);
    expect((await fetch(url, { headers: { authorization: 'Bearer ' } })).status).toBe(401);
    expect((await fetch(url)).status).toBe(401);
  });

  test('names the format that a request without one gets', async () => {
    const response = await fetchPath('/v1/text-to-speech/kal16UsEnglishMale01', {
      method: 'POST',
      body: '{"text":"Hi"}',
    });
    expect(response.status).toBe(400);
    expect(((await response.json()) as ObjectDetail).detail.message).toContain('mp3_44100_128');
  });
});

test.each([
  ['no body', { body: '' }, ['body']],
  ['a body that is not JSON', { body: '{"text":' }, ['body', 0]],
  ['a body that is a list', { body: '[]' }, ['body']],
  ['no text', { body: {} }, ['body', 'text']],
  ['text that is null', { body: { text: null } }, ['body', 'text']],
  ['an empty text', { body: { text: '' } }, ['body', 'text']],
  ['an unknown model', { body: { text: 'Hi', model_id: 'eleven_v9' } }, ['body', 'model_id']],
  ['an unknown format', { query: { output_format: 'pcm_12345' } }, ['query', 'output_format']],
  ['a speed too slow', { body: { text: 'Hi', voice_settings: { speed: 0.69 } } }, ['body', 'voice_settings', 'speed']],
  ['a speed too fast', { body: { text: 'Hi', voice_settings: { speed: 1.21 } } }, ['body', 'voice_settings', 'speed']],
  [
    'a stability that is text',
    { body: { text: 'Hi', voice_settings: { stability: 'x' } } },
    ['body', 'voice_settings', 'stability'],
  ],
  ['a seed that is negative', { body: { text: 'Hi', seed: -1 } }, ['body', 'seed']],
  ['a seed that is a fraction', { body: { text: 'Hi', seed: 1.5 } }, ['body', 'seed']],
  [
    'four request ids',
    { body: { text: 'Hi', previous_request_ids: ['a', 'b', 'c', 'd'] } },
    ['body', 'previous_request_ids'],
  ],
  ['a latency of 5', { query: { optimize_streaming_latency: 5 } }, ['query', 'optimize_streaming_latency']],
  ['a logging flag of maybe', { query: { enable_logging: 'maybe' } }, ['query', 'enable_logging']],
  ['a fault that does not exist', { query: { fault_ctu: 1 } }, ['query', 'fault_ctu']],
  ['a fault without a number', { headers: { 'x-fault-cut': 'soon' } }, ['header', 'x-fault-cut']],
])('%s is a validation error that says where', async (_name, call, loc) => {
  const response = await fetchSpeech({ call: '/stream', ...call });
  expect(response.status).toBe(422);
  const { detail } = (await response.json()) as ListDetail;
  expect(detail).toEqual([{ loc, msg: expect.any(String) as string, type: expect.any(String) as string }]);
});

test('everything that is wrong is named at once', async () => {
  const response = await fetchSpeech({ body: { model_id: 'x' }, query: { output_format: 'y' } });
  const { detail } = (await response.json()) as ListDetail;
  expect(detail.map((issue) => issue.loc.join('.'))).toEqual(['query.output_format', 'body.text', 'body.model_id']);
});

test('an unknown path is answered as the service does', async () => {
  const response = await fetchPath('/v1/nothing');
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({ detail: 'Not Found' });
});

test('a preflight allows every header that a client sends, a bearer token included', async () => {
  const response = await fetch(`${inject('speechServerUrl')}/v1/text-to-speech/x/stream`, { method: 'OPTIONS' });
  expect(response.status).toBe(204);
  expect(response.headers.get('access-control-allow-headers')).toBe('*, authorization');
  expect(response.headers.get('access-control-allow-methods')).toContain('POST');
  expect(response.headers.get('access-control-max-age')).toBe('600');
});
