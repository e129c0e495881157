import { describe, expect, inject, test } from 'vitest';
import { createSpeechClient, SpeechError, type SpeechClient } from '../../src/core/index.ts';

const text = 'The old mill stands by the river. Nobody has lived there for years.';
const sampleRate = 24_000;

function connect(apiKey = 'test-key'): SpeechClient {
  return createSpeechClient({ baseUrl: inject('speechServerUrl'), apiKey });
}

async function redirect(): Promise<Response> {
  return Response.redirect('http://elsewhere.invalid/', 307);
}

async function firstVoice(client: SpeechClient): Promise<string> {
  for await (const voice of client.voices.search({ page_size: 1 })) return voice.voice_id;
  throw new Error('The speech server has no voice.');
}

describe('in workerd', () => {
  test('speech is streamed with the times of its characters', async () => {
    const client = connect();
    const voiceId = await firstVoice(client);
    const stream = client.textToSpeech.streamWithTimestamps(voiceId, { text }, { outputFormat: 'pcm_24000' });
    let bytes = 0;
    let spoken = '';
    let last = 0;
    for await (const { audio, alignment } of stream) {
      expect(audio.length % 2).toBe(0);
      bytes += audio.length;
      spoken += alignment?.characters.join('') ?? '';
      for (const start of alignment?.starts ?? []) {
        expect(start).toBeGreaterThanOrEqual(last);
        last = start;
      }
    }
    expect(spoken).toBe(text);
    expect(bytes / 2 / sampleRate).toBeGreaterThan(last);
    expect(stream.warnings).toEqual([]);
    expect(stream.response?.requestId).toBeTruthy();
    expect(stream.response?.characterCost).toBeGreaterThan(0);
  });

  test('the bytes of stream and convert are the same speech', async () => {
    const client = connect();
    const voiceId = await firstVoice(client);
    const sizes = await Promise.all(
      (['stream', 'convert'] as const).map(async (name) => {
        const { audio } = await client.textToSpeech[name](voiceId, { text, seed: 1 }, { outputFormat: 'pcm_8000' });
        return (await new Response(audio).arrayBuffer()).byteLength;
      }),
    );
    expect(sizes[0]).toBeGreaterThan(0);
    expect(sizes[0]).toBe(sizes[1]);
  });

  test('a reader that leaves, and one whose caller aborts, end at once', async () => {
    const client = connect();
    const voiceId = await firstVoice(client);
    const options = { outputFormat: 'pcm_24000' } as const;
    for await (const chunk of client.textToSpeech.streamWithTimestamps(voiceId, { text }, options)) {
      expect(chunk).toBeDefined();
      break;
    }
    const caller = new AbortController();
    const reason = new Error('mine');
    const reading = (async () => {
      const speech = client.textToSpeech.streamWithTimestamps(voiceId, { text }, { ...options, signal: caller.signal });
      for await (const chunk of speech) caller.abort(chunk ? reason : undefined);
    })();
    await expect(reading).rejects.toBe(reason);
  });

  test('a refused key and an unknown voice are errors with the service’s code', async () => {
    const failures = [connect('invalid').models.list(), connect().voices.get('no-such-voice')];
    const errors = await Promise.all(
      failures.map((work) =>
        work.then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    );
    expect(errors.every((error) => SpeechError.is(error))).toBe(true);
    expect(errors).toMatchObject([{ code: 'unauthorized', status: 401 }, { code: 'not-found' }]);
  });

  test('a redirect is refused', async () => {
    await expect(createSpeechClient({ fetch: redirect }).models.list()).rejects.toMatchObject({
      code: 'protocol',
      status: 307,
    });
  });
});
