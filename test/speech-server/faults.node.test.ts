import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as openRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { FaultCounter, parseFaults } from '../../demo/speech-server/wire/faults.ts';
import { ServiceError } from '../../demo/speech-server/wire/service-error.ts';
import { wait } from '../../demo/speech-server/wire/wait.ts';
import type { SpeechCall } from './support/speech-call.ts';
import { bytesOf, fetchPath, fetchSpeech, speechRequest } from './support/speech-call.ts';
import { joinAudio, parseLines } from './support/wire-line.ts';

const call = '/stream/with-timestamps';
const text = 'Hallo Jürgen 日本 👋, hello again. And more.';

interface ReadBody {
  readonly bytes: Buffer;
  readonly error: unknown;
}

/** Reads to the end, or until nothing has come for `patience` milliseconds. */
async function readBody(response: Response, patience = 10_000): Promise<ReadBody> {
  const reader = response.body!.getReader();
  const chunks: Uint8Array[] = [];
  let error: unknown;
  try {
    for (;;) {
      const next = await Promise.race([reader.read(), delay(patience, undefined, { ref: false })]);
      if (next === undefined) {
        error = 'stalled';
        await reader.cancel();
        break;
      }
      if (next.done) break;
      chunks.push(next.value);
    }
  } catch (caught) {
    error = caught;
  }
  return { bytes: Buffer.concat(chunks), error };
}

/** The body as the server wrote it, which fetch does not tell: it joins what comes at once. */
async function writesOf(speech: SpeechCall): Promise<Buffer[]> {
  const { url, method, headers, body } = speechRequest(speech);
  const request = openRequest(url, { method, headers }).end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(response, 'end');
  return chunks;
}

async function lines(query: Record<string, string | number>): Promise<string> {
  return (await fetchSpeech({ call, body: { text }, query })).text();
}

async function plainBody(): Promise<Buffer> {
  return bytesOf(await fetchSpeech({ call, body: { text } }));
}

describe('faults of the bytes', () => {
  test.each([0, 1, 5000, 20_001])('cut=%i closes the socket after so many bytes', async (count) => {
    const response = await fetchSpeech({ call: '/stream', query: { fault_cut: count } });
    expect(response.status).toBe(200);
    const { bytes, error } = await readBody(response);
    expect(bytes.length).toBe(count);
    expect(error).toBeInstanceOf(TypeError);
  });

  test('cut concerns the calls that do not stream too', async () => {
    const { bytes, error } = await readBody(await fetchSpeech({ call: '/with-timestamps', query: { fault_cut: 100 } }));
    expect(bytes.length).toBe(100);
    expect(error).toBeInstanceOf(TypeError);
  });

  test('stall=n sends n bytes and keeps the connection open', async () => {
    const { bytes, error } = await readBody(await fetchSpeech({ call: '/stream', query: { fault_stall: 3001 } }), 300);
    expect(bytes.length).toBe(3001);
    expect(error).toBe('stalled');
  });

  test('stall_ms goes on after a while', async () => {
    const whole = await bytesOf(await fetchSpeech({ call: '/stream' }));
    const begin = performance.now();
    const stalled = await bytesOf(
      await fetchSpeech({ call: '/stream', query: { fault_stall: 3001, fault_stall_ms: 200 } }),
    );
    expect(performance.now() - begin).toBeGreaterThanOrEqual(195);
    expect(Buffer.compare(stalled, whole)).toBe(0);
  });

  test.each([7, 1001])('chunk=%i writes so many bytes at a time', async (size) => {
    const whole = await bytesOf(await fetchSpeech({ call: '/stream' }));
    const chunks = await writesOf({ call: '/stream', query: { fault_chunk: size } });
    expect(Buffer.compare(Buffer.concat(chunks), whole)).toBe(0);
    expect(chunks.slice(0, -1).every((chunk) => chunk.length === size)).toBe(true);
  });

  test('chunk parts characters of several bytes in JSON lines', async () => {
    const chunks = await writesOf({ call, body: { text }, query: { fault_chunk: 2 } });
    expect(Buffer.compare(Buffer.concat(chunks), await plainBody())).toBe(0);
    const continuations = chunks.filter((chunk) => (chunk[0]! & 0xc0) === 0x80);
    expect(continuations.length).toBeGreaterThan(0);
  });
});

describe('faults of the lines', () => {
  test('null_alignment=n takes both alignments from every nth line and leaves the audio', async () => {
    const whole = parseLines((await plainBody()).toString());
    const all = parseLines(await lines({ fault_null_alignment: 1 }));
    expect(all.every((line) => line.alignment === null && line.normalized_alignment === null)).toBe(true);
    expect(Buffer.compare(joinAudio(all), joinAudio(whole))).toBe(0);
    const some = parseLines(await lines({ fault_null_alignment: 2 }));
    expect(some.map((line) => line.alignment)).toEqual(
      whole.map((line, index) => (index % 2 === 1 ? null : line.alignment)),
    );
  });

  test('zero_alignment sets every time of the original to 0', async () => {
    const spoilt = parseLines(await lines({ fault_zero_alignment: 1 }));
    expect(spoilt.flatMap((line) => line.alignment?.characters ?? [])).toEqual(Array.from(text));
    expect(new Set(spoilt.flatMap((line) => line.alignment?.character_end_times_seconds ?? []))).toEqual(new Set([0]));
  });

  test('error_after=n sends n lines, then an error object', async () => {
    const body = (await lines({ fault_error_after: 3 })).trimEnd().split('\n');
    expect(body).toHaveLength(4);
    expect(parseLines(body.slice(0, 3).join('\n')).every((line) => line.audio_base64 !== '')).toBe(true);
    expect(JSON.parse(body[3]!)).toMatchObject({ detail: { code: 'internal_server_error' } });
  });

  test('blank_lines, no_final_newline and data_prefix change the framing only', async () => {
    const whole = await lines({});
    const blank = await lines({ fault_blank_lines: 1 });
    expect(blank).toMatch(/\n\n/);
    expect(parseLines(blank)).toEqual(parseLines(whole));
    expect(await lines({ fault_no_final_newline: 1 })).toBe(whole.slice(0, -1));
    expect(await lines({ fault_data_prefix: 1 })).toBe(whole.replace(/^(?=\{)/gm, 'data: '));
  });
});

describe('faults before the body', () => {
  test('status=429 with retry_after befalls the first requests of a key', async () => {
    const query = { fault_status: 429, fault_retry_after: 1, fault_times: 2, fault_key: `key-${Math.random()}` };
    const first = await fetchSpeech({ query });
    expect(first.status).toBe(429);
    expect(first.headers.get('retry-after')).toBe('1');
    expect(await first.json()).toMatchObject({ detail: { code: 'concurrent_limit_exceeded' } });
    expect((await fetchSpeech({ query })).status).toBe(429);
    expect((await fetchSpeech({ query })).status).toBe(200);
    expect((await fetchSpeech({ query: { ...query, fault_key: `${query.fault_key}-other` } })).status).toBe(429);
  });

  test('times limits every other fault too', async () => {
    const query = { fault_cut: 10, fault_times: 1, fault_key: `key-${Math.random()}` };
    expect((await readBody(await fetchSpeech({ query }))).bytes.length).toBe(10);
    expect((await readBody(await fetchSpeech({ query }))).error).toBeUndefined();
  });

  test('status=500 has a body of broken JSON', async () => {
    const response = await fetchSpeech({ query: { fault_status: 500, fault_retry_after: 3 } });
    expect(response.status).toBe(500);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(response.headers.get('content-type')).toContain('application/json');
    await expect(response.json()).rejects.toThrow(SyntaxError);
  });

  test('status=503 has a body that is whole, for every route', async () => {
    const response = await fetchPath('/v1/models?fault_status=503');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ detail: { code: 'system_busy' } });
  });

  test.each([
    [400, { type: 'validation_error', code: 'invalid_parameters' }],
    [401, { type: 'authentication_error', code: 'invalid_api_key' }],
    [403, { type: 'authorization_error', code: 'insufficient_permissions' }],
    [404, { type: 'not_found', code: 'voice_not_found' }],
    [409, { type: 'conflict', code: 'conflict' }],
    [418, { type: 'validation_error', code: 'invalid_request' }],
    [429, { type: 'rate_limit_error', code: 'concurrent_limit_exceeded' }],
    [502, { type: 'internal_error', code: 'internal_server_error' }],
    [599, { type: 'internal_error', code: 'internal_server_error' }],
  ])('status=%i has the error body of that status', async (status, detail) => {
    const response = await fetchSpeech({ query: { fault_status: status, fault_retry_after: 3 } });
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await response.json()).toMatchObject({ detail });
  });

  test('status=422 has a list of validation issues', async () => {
    const response = await fetchSpeech({ query: { fault_status: 422, fault_retry_after: 3 } });
    expect(response.status).toBe(422);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await response.json()).toMatchObject({ detail: [{ loc: ['body', 'text'], type: 'value_error' }] });
  });

  test('delay holds the headers back', async () => {
    const begin = performance.now();
    const response = await fetchPath('/v1/models?fault_delay=150');
    expect(performance.now() - begin).toBeGreaterThanOrEqual(145);
    expect(response.status).toBe(200);
  });
});

test('pace sends audio no faster than that multiple of real time, with the same bytes', async () => {
  const whole = await bytesOf(await fetchSpeech({ call: '/stream' }));
  const begin = performance.now();
  const query = { fault_pace: 4, fault_jitter: 5 };
  const paced = await bytesOf(await fetchSpeech({ call: '/stream', query }));
  const seconds = whole.length / 2 / 16000;
  expect(performance.now() - begin).toBeGreaterThanOrEqual(1000 * ((seconds - 0.1) / 4) - 5);
  expect(Buffer.compare(paced, whole)).toBe(0);
});

test('a header asks for a fault as a query parameter does', async () => {
  const { bytes } = await readBody(await fetchSpeech({ call: '/stream', headers: { 'x-fault-cut': '12' } }));
  expect(bytes.length).toBe(12);
  expect(
    parseFaults(
      new URLSearchParams('fault_stall=3&text=x'),
      new Headers({ 'x-fault-stall-ms': '50', 'x-fault-key': 'a' }),
    ),
  ).toEqual({
    stall: 3,
    stall_ms: 50,
    key: 'a',
  });
});

test('requests without a key share one count', () => {
  const counter = new FaultCounter();
  expect([1, 2, 3].map(() => counter.limit({ cut: 1, times: 2 }).cut)).toEqual([1, 1, undefined]);
});

function issuesOf(query: string): object {
  try {
    return parseFaults(new URLSearchParams(query), new Headers());
  } catch (error) {
    if (error instanceof ServiceError) return { status: error.status, ...error.body('') };
    throw error;
  }
}

const longestTime = 2 ** 31 - 1;

describe('a value that a fault does not take', () => {
  test.each([
    ...['blank_lines', 'chunk', 'cut', 'data_prefix', 'error_after', 'no_final_newline', 'null_alignment', 'quota'].map(
      (name) => [name, '1.5', 'int_from_float'],
    ),
    ...['stall', 'times', 'zero_alignment'].map((name) => [name, '0.5', 'int_from_float']),
    ['status', '429.5', 'int_from_float'],
    ['status', '0', 'greater_than_equal'],
    ['status', '204', 'greater_than_equal'],
    ['status', '399', 'greater_than_equal'],
    ['status', '600', 'less_than_equal'],
    ['cut', '-1', 'greater_than_equal'],
    ['cut', 'NaN', 'float_parsing'],
    ['cut', ' ', 'float_parsing'],
    ...['delay', 'jitter', 'stall_ms', 'retry_after', 'pace', 'cut'].flatMap((name) => [
      [name, String(longestTime + 1), 'less_than_equal'],
      [name, 'Infinity', 'less_than_equal'],
    ]),
  ] as [string, string, string][])('%s=%s is a validation error', (name, value, type) => {
    expect(issuesOf(`fault_${name}=${value}`)).toEqual({
      status: 422,
      detail: [{ type, loc: ['query', `fault_${name}`], msg: expect.any(String) as string }],
    });
  });

  test('is refused before anything of the answer is sent', async () => {
    expect((await fetchSpeech({ call: '/stream', query: { fault_chunk: 0.5 } })).status).toBe(422);
    expect((await fetchPath('/v1/models?fault_status=204')).status).toBe(422);
  });
});

test.each(['pace', 'jitter', 'delay', 'stall_ms', 'retry_after'])('%s takes a fraction', (name) => {
  expect(issuesOf(`fault_${name}=1.5`)).toEqual({ [name]: 1.5 });
});

test('delay takes the longest time that a timer counts', () => {
  expect(issuesOf(`fault_delay=${longestTime}`)).toEqual({ delay: longestTime });
});

test('a wait longer than a timer counts does not end at once', async () => {
  const controller = new AbortController();
  const ended = wait(longestTime + 1, controller.signal).then(() => 'ended');
  expect(await Promise.race([ended, delay(50, 'waits')])).toBe('waits');
  controller.abort();
  expect(await ended).toBe('ended');
});
