import { describe, expect, test } from 'vitest';
import { createSpeechClient, type SpeechClient } from '../../src/core/speech-client.ts';
import type { SpeechClientOptions } from '../../src/core/client-options.ts';
import type { TextToSpeechRequest } from '../../src/core/text-to-speech-request.ts';
import type { TextToSpeechOptions } from '../../src/core/text-to-speech.ts';
import type { StreamOutputFormat } from '../../src/core/output-format.ts';
import {
  closed,
  sendJson,
  startHttpServer,
  writeChunk,
  type Handler,
  type HttpServer,
} from '../support/http-server.ts';
import { createGate } from '../support/gate.ts';
import { rejection, speechError } from '../support/rejection.ts';

const everything: Required<TextToSpeechRequest> = {
  text: 'Hi there',
  model_id: 'eleven_flash_v2_5',
  language_code: 'en',
  voice_settings: { stability: 0.5, use_speaker_boost: true, similarity_boost: null, style: 0, speed: 1.1 },
  pronunciation_dictionary_locators: [{ pronunciation_dictionary_id: 'd', version_id: null }],
  seed: 0,
  previous_text: '',
  next_text: 'Next.',
  previous_request_ids: ['a'],
  next_request_ids: null,
  use_pvc_as_ivc: false,
  apply_text_normalization: 'on',
  apply_language_text_normalization: true,
  audio_effects: { filter_preset_id: 'f', pan: -1 },
};

type Call = (
  client: SpeechClient,
  voiceId: string,
  request: TextToSpeechRequest,
  options?: TextToSpeechOptions<StreamOutputFormat>,
) => Promise<unknown>;

const calls: readonly (readonly [name: string, path: string, call: Call])[] = [
  ['convert', '', (client, ...rest) => client.textToSpeech.convert(...rest)],
  [
    'convertWithTimestamps',
    '/with-timestamps',
    (client, ...rest) => client.textToSpeech.convertWithTimestamps(...rest),
  ],
  ['stream', '/stream', (client, ...rest) => client.textToSpeech.stream(...rest)],
  [
    'streamWithTimestamps',
    '/stream/with-timestamps',
    async (client, ...rest) => {
      const speech = client.textToSpeech.streamWithTimestamps(...rest);
      return speech[Symbol.asyncIterator]().next();
    },
  ],
];

/** Serves every call: those that answer with bytes take the JSON for audio. */
const sendSpeech: Handler = (response) =>
  sendJson(response, { audio_base64: 'AQI=', alignment: null }, 200, { 'content-type': 'application/octet-stream' });

async function connect(
  handler: Handler,
  options?: SpeechClientOptions,
): Promise<HttpServer & { client: SpeechClient }> {
  const server = await startHttpServer(handler);
  return { ...server, client: createSpeechClient({ baseUrl: server.url, apiKey: 'k', ...options }) };
}

describe.each(calls)('%s', (_name, path, call) => {
  test('sends every field of body and query to its path', async () => {
    const { client, requests } = await connect(sendSpeech);
    const options = { outputFormat: 'pcm_24000', enableLogging: false, optimizeStreamingLatency: 3 } as const;
    await call(client, 'voice 1', { ...everything, new_field: { kept: true } } as TextToSpeechRequest, options);
    expect(requests[0]).toMatchObject({ method: 'POST', path: `/v1/text-to-speech/voice%201${path}` });
    expect(JSON.parse(requests[0]!.body)).toEqual({ ...everything, new_field: { kept: true } });
    expect(Object.fromEntries(requests[0]!.query)).toEqual({
      output_format: 'pcm_24000',
      enable_logging: 'false',
      optimize_streaming_latency: '3',
    });
  });

  test('sends nothing that was not asked for', async () => {
    const { client, requests } = await connect(sendSpeech);
    await call(client, 'v', { text: 'Hi', model_id: undefined, seed: null });
    expect(requests[0]?.body).toBe('{"text":"Hi","seed":null}');
    expect([...requests[0]!.query]).toEqual([]);
  });

  test('asks for zero retention where the client demands it', async () => {
    const { client, requests } = await connect(sendSpeech, { zeroRetention: true });
    await call(client, 'v', { text: 'Hi' });
    expect(requests[0]?.query.get('enable_logging')).toBe('false');
    expect(await rejection(call(client, 'v', { text: 'Hi' }, { enableLogging: true }))).toBeInstanceOf(TypeError);
    expect(requests).toHaveLength(1);
  });

  test.each(['', '.', '..', '../user', 'a\\b', '..\t'])('refuses the voice %j before any request', async (voiceId) => {
    const { client, requests } = await connect(sendSpeech);
    const error = (await rejection(call(client, voiceId, { text: 'Hi' }))) as Error;
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(/^voiceId is not an id: pass it/);
    expect(requests).toHaveLength(0);
  });

  test.each([{ text: '' }, { text: ' \n' }, { text: 7 }, {}, undefined])(
    'refuses %j before any request',
    async (request) => {
      const { client, requests } = await connect(sendSpeech);
      expect(await rejection(call(client, 'v', request as TextToSpeechRequest))).toEqual(
        new TypeError('text is empty: pass what to speak.'),
      );
      expect(requests).toHaveLength(0);
    },
  );

  test('leaves it to the service to refuse a format that it does not know', async () => {
    const { client, requests } = await connect((response) =>
      sendJson(response, { detail: [{ loc: ['query', 'output_format'], type: 'enum' }] }, 422),
    );
    const error = await speechError(call(client, 'v', { text: 'Hi' }, { outputFormat: 'flac' as StreamOutputFormat }));
    expect(requests[0]?.query.get('output_format')).toBe('flac');
    expect(error).toMatchObject({ code: 'invalid-request', detail: { fields: ['query.output_format'] } });
  });

  test('tells a failure without key and text', async () => {
    const secret = 'sk_secret';
    const { client } = await connect(
      (response, request) =>
        sendJson(response, { detail: { status: 'invalid_api_key', message: JSON.stringify(request) } }, 401),
      { apiKey: secret },
    );
    const error = await speechError(call(client, 'v', { text: 'the old mill' }));
    expect(error).toMatchObject({ code: 'unauthorized', detail: { code: 'invalid_api_key' } });
    expect(error.message + String(error.stack) + JSON.stringify(error)).not.toMatch(/sk_secret|old mill/);
  });
});

describe.each(['convert', 'stream'] as const)('the response of %s', (name) => {
  const call = (client: SpeechClient, options?: TextToSpeechOptions<StreamOutputFormat>) =>
    client.textToSpeech[name]('v', { text: 'Hi' }, options);

  test('gives the audio as it arrives, and what the headers tell', async () => {
    const gate = createGate();
    const { client } = await connect(async (response) => {
      response.writeHead(200, { 'request-id': 'r', 'character-cost': '0', 'history-item-id': 'h' });
      await writeChunk(response, Uint8Array.of(1, 2));
      await gate.opened;
      response.end(Uint8Array.of(3, 4));
    });
    const response = await call(client);
    expect(response).toMatchObject({ format: 'mp3_44100_128', requestId: 'r', characterCost: 0 });
    expect(response.headers.get('history-item-id')).toBe('h');
    const reader = response.audio.getReader();
    expect((await reader.read()).value).toEqual(Uint8Array.of(1, 2));
    gate.open();
    expect((await reader.read()).value).toEqual(Uint8Array.of(3, 4));
    expect((await reader.read()).done).toBe(true);
  });

  test('holds whole samples of PCM', async () => {
    const { client } = await connect(async (response) => {
      for (const bytes of [[1], [2, 3], [4, 5, 6], [7]]) await writeChunk(response, Uint8Array.from(bytes));
      response.end();
    });
    const { audio, format } = await call(client, { outputFormat: 'pcm_16000' });
    const chunks: Uint8Array[] = [];
    for await (const chunk of audio) chunks.push(chunk);
    expect(format).toBe('pcm_16000');
    expect(chunks.every((chunk) => chunk.length > 0 && chunk.length % 2 === 0)).toBe(true);
    expect(Array.from(Buffer.concat(chunks))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('closes the connection when the audio is cancelled, even while a read waits', async () => {
    let gone: Promise<void> | undefined;
    const { client } = await connect(async (response) => {
      gone = closed(response);
      await writeChunk(response, Uint8Array.of(1, 2));
    });
    const reader = (await call(client)).audio.getReader();
    await reader.read();
    const waiting = reader.read();
    await reader.cancel();
    expect((await waiting).done).toBe(true);
    await gone;
  });

  test('fails with the reason of an abort, with a timeout, or with a broken connection', async () => {
    const endings: Handler[] = [() => {}, () => {}, (response) => void response.destroy()];
    const { client } = await connect(
      async (response, request, index) => {
        await writeChunk(response, Uint8Array.of(1, 2));
        setTimeout(() => void endings[index]?.(response, request, index), 20);
      },
      { idleTimeout: 0.1 },
    );
    const caller = new AbortController();
    const read = async (signal?: AbortSignal): Promise<unknown> => {
      const reader = (await call(client, { signal })).audio.getReader();
      await reader.read();
      if (signal) caller.abort('enough');
      return rejection(reader.read());
    };
    expect(await read(caller.signal)).toBe('enough');
    expect(await read()).toMatchObject({ code: 'timeout' });
    expect(await read()).toMatchObject({ code: 'network' });
  });

  test('does not end silently when there was no audio', async () => {
    const { client } = await connect((response) => void response.writeHead(200, { 'request-id': 'r' }).end());
    const { audio } = await call(client);
    expect(await rejection(audio.getReader().read())).toMatchObject({ code: 'protocol', requestId: 'r' });
  });
});

const convertTimed = (client: SpeechClient) =>
  client.textToSpeech.convertWithTimestamps('v', { text: 'Hi' }, { outputFormat: 'pcm_24000' });

describe('convertWithTimestamps', () => {
  test('gives audio, timing and what the headers tell', async () => {
    const { client } = await connect((response) =>
      sendJson(
        response,
        {
          audio_base64: Buffer.from([1, 2, 3]).toString('base64'),
          alignment: {
            characters: ['H', 'i'],
            character_start_times_seconds: [0, 0.1],
            character_end_times_seconds: [0.1, 0.25],
          },
          normalized_alignment: null,
        },
        200,
        { 'request-id': 'r', 'character-cost': '2' },
      ),
    );
    expect(await convertTimed(client)).toMatchObject({
      audio: Uint8Array.of(1, 2),
      alignment: { characters: ['H', 'i'], starts: [0, 0.1], ends: [0.1, 0.25] },
      normalizedAlignment: undefined,
      format: 'pcm_24000',
      requestId: 'r',
      characterCost: 2,
    });
  });

  test.each(['null', '7', '{}', '[]', '"x"', 'no', '{"audio_base64":7}'])('tells of the reply %s', async (body) => {
    const { client } = await connect((response) => void response.end(body));
    expect((await speechError(convertTimed(client))).code).toBe('protocol');
  });

  test('tells of an error in place of speech', async () => {
    const { client } = await connect((response) => sendJson(response, { detail: { status: 'system_busy' } }));
    expect(await speechError(convertTimed(client))).toMatchObject({
      code: 'rate-limited',
      detail: { code: 'system_busy' },
    });
  });
});

describe.each(['convert', 'stream'] as const)('%s', (name) => {
  test.each([
    ['an error that came as 200', 'application/json', '{"detail":{"status":"quota_exceeded"}}'],
    ['the page of a wrong address', 'text/html; charset=utf-8', '<!doctype html>'],
  ])('does not take %s for audio', async (_what, contentType, body) => {
    const { client } = await connect((response) => {
      response.writeHead(200, { 'content-type': contentType, 'request-id': 'r-1' });
      response.end(body);
    });
    const error = await speechError(client.textToSpeech[name]('v', { text: 'Hi' }));
    expect(error).toMatchObject({ code: 'protocol', requestId: 'r-1' });
  });
});
