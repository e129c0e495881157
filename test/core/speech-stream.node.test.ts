import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createSpeechClient } from '../../src/core/speech-client.ts';
import type { SpeechClientOptions } from '../../src/core/client-options.ts';
import type { SpeechChunk } from '../../src/core/speech-chunk.ts';
import type { SpeechStream } from '../../src/core/speech-stream.ts';
import type { TextToSpeechOptions } from '../../src/core/text-to-speech.ts';
import type { StreamOutputFormat } from '../../src/core/output-format.ts';
import { closed, startHttpServer, writeChunk, type Handler } from '../support/http-server.ts';
import { createGate } from '../support/gate.ts';
import { rejection, speechError } from '../support/rejection.ts';

const text = 'Meet me at the old mill';
type Options = TextToSpeechOptions<StreamOutputFormat>;

const base64 = (...bytes: number[]): string => Buffer.from(bytes).toString('base64');
const wire = (audio: number[] | null, extra: object = {}): object => ({
  audio_base64: audio && base64(...audio),
  alignment: null,
  normalized_alignment: null,
  ...extra,
});
const timing = (characters: string[], starts: number[], ends: number[]): object => ({
  characters,
  character_start_times_seconds: starts,
  character_end_times_seconds: ends,
});
const lines = (...values: unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

async function speak(handler: Handler, options: Options = {}, client: SpeechClientOptions = {}): Promise<SpeechStream> {
  const { url } = await startHttpServer(handler);
  const { textToSpeech } = createSpeechClient({ baseUrl: url, apiKey: 'k', ...client });
  return textToSpeech.streamWithTimestamps('voice', { text }, { outputFormat: 'pcm_24000', ...options });
}

const reply =
  (...pieces: (string | Uint8Array)[]): Handler =>
  async (response) => {
    response.writeHead(200, { 'request-id': 'r-1', 'character-cost': '23' });
    for (const piece of pieces) await writeChunk(response, piece);
    response.end();
  };

async function collect(stream: AsyncIterable<SpeechChunk>): Promise<SpeechChunk[]> {
  const chunks: SpeechChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const bytesOf = (chunks: readonly SpeechChunk[]): number[] => chunks.flatMap(({ audio }) => [...audio]);

describe('the chunks', () => {
  test('come as they arrive, with timing in seconds', async () => {
    const gate = createGate();
    const stream = await speak(async (response) => {
      await writeChunk(response, lines(wire([1, 2], { alignment: timing(['A'], [0], [0.1]) })));
      await gate.opened;
      response.end(lines(wire([3, 4], { normalized_alignment: timing([' ', 'b'], [0.1, 0.2], [0.2, 0.3]) })));
    });
    const chunks = stream[Symbol.asyncIterator]();
    expect((await chunks.next()).value).toEqual({
      audio: Uint8Array.of(1, 2),
      alignment: { characters: ['A'], starts: [0], ends: [0.1] },
      normalizedAlignment: undefined,
    });
    gate.open();
    expect((await chunks.next()).value).toMatchObject({
      alignment: undefined,
      normalizedAlignment: { characters: [' ', 'b'], starts: [0.1, 0.2], ends: [0.2, 0.3] },
    });
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
  });

  test('keep cumulative times as they are, over null and empty timing', async () => {
    const stream = await speak(
      reply(
        lines(
          wire([1, 2], { alignment: timing(['A'], [0], [0.1]) }),
          wire([3, 4]),
          wire([5, 6], { alignment: timing(['B'], [1.2], [1.3]) }),
          wire([], { alignment: timing([], [], []), normalized_alignment: timing([], [], []) }),
        ),
      ),
    );
    const chunks = await collect(stream);
    expect(chunks.flatMap(({ alignment }) => [...(alignment?.characters ?? [])])).toEqual(['A', 'B']);
    expect(chunks.flatMap(({ alignment }) => [...(alignment?.starts ?? [])])).toEqual([0, 1.2]);
    expect(bytesOf(chunks)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(stream.warnings).toEqual([]);
  });

  test('are the same however the lines are split and framed', async () => {
    const values = [
      wire([1, 2, 3], { alignment: timing(['é', '👩'], [0.125, 0.25], [0.25, 0.375]) }),
      wire(null, { alignment: timing(['न'], [1.0625], [1.125]), quality_check: { ok: true } }),
      wire([4]),
    ];
    const expected = await collect(await speak(reply(lines(...values))));
    const bytes = new TextEncoder().encode(
      values
        .map((value) => `\r\n\ndata: ${JSON.stringify(value)}\r\n`)
        .join('')
        .trimEnd(),
    );
    for (const size of [1, 7, 64]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect(await collect(await speak(reply(...pieces)))).toEqual(expected);
    }
    expect(bytesOf(expected)).toEqual([1, 2, 3, 4]);
  });

  test('of PCM hold whole samples, the half of one goes before the next, a lone last byte is dropped', async () => {
    const stream = await speak(reply(lines(wire([1]), wire([2, 3]), wire(null), wire([4, 5, 6]), wire([7]))));
    const chunks = await collect(stream);
    expect(chunks.map(({ audio }) => audio.length)).toEqual([0, 2, 0, 4, 0]);
    expect(bytesOf(chunks)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test.each<StreamOutputFormat>(['ulaw_8000', 'alaw_8000', 'mp3_44100_128', 'opus_48000_32'])(
    'of %s pass every byte as it comes',
    async (outputFormat) => {
      const chunks = await collect(await speak(reply(lines(wire([1]), wire([2, 3, 4]))), { outputFormat }));
      expect(chunks.map(({ audio }) => audio)).toEqual([Uint8Array.of(1), Uint8Array.of(2, 3, 4)]);
    },
  );

  test('keep their audio when an alignment is malformed, with one warning', async () => {
    const bad = timing(['a', 'b', 'c'], [0, 1], [1, 2, 3]);
    const stream = await speak(
      reply(lines(wire([1, 2], { alignment: bad }), wire([3, 4], { alignment: bad, normalized_alignment: bad }))),
    );
    const chunks = await collect(stream);
    expect(chunks.map(({ alignment }) => alignment)).toEqual([undefined, undefined]);
    expect(bytesOf(chunks)).toEqual([1, 2, 3, 4]);
    expect(stream.warnings).toHaveLength(1);
  });

  test('leave out JSON that is neither speech nor error', async () => {
    expect(bytesOf(await collect(await speak(reply(lines({ type: 'ping' }, wire([1, 2]), {})))))).toEqual([1, 2]);
  });
});

describe('the stream', () => {
  test('knows its text and format at once, the reply once its headers came', async () => {
    const stream = await speak(reply(lines(wire([1, 2]))));
    expect(stream).toMatchObject({ text, format: 'pcm_24000', response: undefined, warnings: [] });
    await collect(stream);
    expect(stream.response).toMatchObject({ requestId: 'r-1', characterCost: 23 });
    expect(stream.response?.headers.get('request-id')).toBe('r-1');
  });

  test('sends its request only when it is read, and can be read once', async () => {
    let requests = 0;
    const stream = await speak((response, request, index) => {
      requests += 1;
      return reply(lines(wire([1, 2])))(response, request, index);
    });
    const first = stream[Symbol.asyncIterator]();
    expect(requests).toBe(0);
    expect(await speechError(collect(stream))).toMatchObject({ code: 'consumed' });
    expect((await first.next()).done).toBe(false);
    expect(requests).toBe(1);
  });

  test('closes the connection when the reader breaks', async () => {
    let gone: Promise<void> | undefined;
    const caller = new AbortController();
    const stream = await speak(
      async (response) => {
        gone = closed(response);
        await writeChunk(response, lines(wire([1, 2])));
      },
      { signal: caller.signal },
    );
    for await (const chunk of stream) {
      expect(chunk.audio).toHaveLength(2);
      break;
    }
    await gone;
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });

  test('ends at once when its reader returns while it waits', async () => {
    let gone: Promise<void> | undefined;
    const stream = await speak(async (response) => {
      gone = closed(response);
      await writeChunk(response, lines(wire([1, 2])));
    });
    const chunks = stream[Symbol.asyncIterator]();
    await chunks.next();
    const waiting = chunks.next();
    expect(await chunks.return?.()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    await gone;
  });

  test('returned before it began sends nothing', async () => {
    let requests = 0;
    const stream = await speak(() => void (requests += 1));
    const chunks = stream[Symbol.asyncIterator]();
    await chunks.return?.();
    expect((await chunks.next()).done).toBe(true);
    expect(requests).toBe(0);
  });

  test.each([
    ['before the headers', 0],
    ['in the body', 1],
  ])('gives the reason of an abort %s, untouched', async (_name, read) => {
    const reason = Symbol('mine');
    const caller = new AbortController();
    let gone: Promise<void> | undefined;
    const stream = await speak(
      async (response) => {
        gone = closed(response);
        if (read > 0) await writeChunk(response, lines(wire([1, 2])));
      },
      { signal: caller.signal },
    );
    const chunks = stream[Symbol.asyncIterator]();
    for (let count = 0; count < read; count += 1) await chunks.next();
    const pending = rejection(chunks.next());
    await expect.poll(() => gone !== undefined).toBe(true);
    caller.abort(reason);
    expect(await pending).toBe(reason);
    await gone;
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });

  test('stops between two chunks when its caller aborts, though more has arrived', async () => {
    const caller = new AbortController();
    const stream = await speak(reply(lines(wire([1, 2])), lines(wire([3, 4]))), { signal: caller.signal });
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { audio } of stream) {
        seen.push(...audio);
        caller.abort('enough');
      }
    })();
    expect(await rejection(reading)).toBe('enough');
    expect(seen.length).toBeGreaterThan(0);
  });
});

const failing = async (handler: Handler, client?: SpeechClientOptions) => {
  const stream = await speak(handler, {}, client);
  const got: SpeechChunk[] = [];
  const error = await speechError(
    (async () => {
      for await (const chunk of stream) got.push(chunk);
    })(),
  );
  expect(error.message + JSON.stringify(error)).not.toContain('mill');
  return { error, bytes: bytesOf(got) };
};

describe('a failure', () => {
  test.each([
    [{ detail: { status: 'quota_exceeded', message: text } }, 'quota-exceeded', 'quota_exceeded'],
    [{ detail: { type: 'x', code: 'system_busy', message: text } }, 'rate-limited', 'system_busy'],
    [{ detail: text }, 'server', undefined],
    [{ error: 'internal_error', message: text, code: 1011 }, 'server', 'internal_error'],
  ])('told in mid-stream by %j comes after the chunks before it', async (body, code, serviceCode) => {
    const { error, bytes } = await failing(reply(lines(wire([1, 2]), wire([3, 4]), body, wire([5, 6]))));
    expect(bytes).toEqual([1, 2, 3, 4]);
    expect(error).toMatchObject({ code, requestId: 'r-1' });
    expect(error.detail?.code).toBe(serviceCode);
  });

  test.each([
    ['a connection that breaks', 'network', (response: Parameters<Handler>[0]) => void response.destroy()],
    ['a body that stalls', 'timeout', () => {}],
  ])('of %s comes after the chunks before it', async (_name, code, end) => {
    const handler: Handler = async (response) => {
      await writeChunk(response, `${lines(wire([1, 2]))}{"audio_ba`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      end(response);
    };
    const { error, bytes } = await failing(handler, { idleTimeout: 0.2 });
    expect(bytes).toEqual([1, 2]);
    expect(error.code).toBe(code);
  });

  test.each([
    ['audio that is not base64', lines({ audio_base64: '*the old mill*' })],
    ['audio that is no text', lines({ audio_base64: { the_old: 'mill' } })],
    ['a line that is no object', lines(wire([1, 2]), 'the old mill')],
    ['a line that is not JSON', 'the old mill\n'],
    ['a cut last line', '{"audio_base64":"the old mill'],
    ['no lines', ''],
    ['no speech', lines({ type: 'ping' })],
  ])('of %s is told as such', async (_name, body) => {
    expect((await failing(reply(body))).error.code).toBe('protocol');
  });

  test('of the reply itself is thrown at the first read', async () => {
    const { error } = await failing((response) => {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ detail: { status: 'voice_not_found', message: `no ${text}` } }));
    });
    expect(error).toMatchObject({ code: 'not-found', status: 404, detail: { code: 'voice_not_found' } });
  });
});

describe('a stream that is not whole', () => {
  const sound = wire([1, 2]);

  test.each([
    ['a message and a code', { message: 'x', code: 'quota_exceeded' }, 'quota-exceeded'],
    ['a type and a code', { type: 'error', code: 'internal', message: 'x' }, 'server'],
    ['a status', { status: 'error' }, 'server'],
    ['a key that is none', { detail: { status: 'invalid_api_key' } }, 'unauthorized'],
    ['a new code beside the old one', { detail: { code: 'credits', status: 'quota_exceeded' } }, 'quota-exceeded'],
  ])('fails with an error told by %s', async (_how, line, code) => {
    const stream = await speak(reply(lines(sound, line)));
    const chunks = stream[Symbol.asyncIterator]();
    expect((await chunks.next()).done).toBe(false);
    expect((await speechError(chunks.next())).code).toBe(code);
  });

  test('fails when there was timing but never any audio', async () => {
    const stream = await speak(reply(lines(wire(null, { alignment: timing(['A'], [0], [0.1]) }))));
    expect((await speechError(collect(stream))).code).toBe('protocol');
  });

  test('names the request when it breaks off', async () => {
    const stream = await speak(reply(lines(sound), '{"audio_base64":"AQ'));
    expect((await speechError(collect(stream))).requestId).toBe('r-1');
  });

  test.each([1, 10])('ends with the abort at chunk %i, though all lines have come in one packet', async (at) => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const stream = await speak(reply(lines(...Array.from({ length: 10 }, () => sound)).trimEnd()), {
      signal: stop.signal,
    });
    let count = 0;
    const reading = (async () => {
      for await (const { audio } of stream) {
        count += audio.length / 2;
        if (count === at) stop.abort(reason);
      }
    })();
    expect(await rejection(reading)).toBe(reason);
    expect(count).toBe(at);
  });
});
