import { describe, expect, test } from 'vitest';
import { bytesOf, fetchSpeech } from './support/speech-call.ts';
import type { WireLine } from './support/wire-line.ts';
import { joinAlignments, joinAudio, parseLines } from './support/wire-line.ts';

const text = 'Hello there, “friend”. It is 3:30 in 日本, isn’t it? Yes!';

describe('speech without timing', () => {
  test('convert and stream give the same audio with the service’s headers', async () => {
    const whole = await fetchSpeech({ body: { text } });
    const streamed = await fetchSpeech({ call: '/stream', body: { text } });
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('audio/pcm');
    expect(whole.headers.get('request-id')).toMatch(/^\w{20}$/);
    expect(whole.headers.get('history-item-id')).toMatch(/^\w{20}$/);
    expect(whole.headers.get('character-cost')).toBe(String(Array.from(text).length));
    expect(whole.headers.get('access-control-expose-headers')).toContain('request-id');
    const audio = await bytesOf(whole);
    expect(audio.length).toBeGreaterThan(16_000);
    expect(Buffer.compare(await bytesOf(streamed), audio)).toBe(0);
  });

  test('a request that is not logged has no history item', async () => {
    const response = await fetchSpeech({ query: { enable_logging: 'false' } });
    expect(response.headers.get('history-item-id')).toBeNull();
    await response.body?.cancel();
  });

  test.each([8000, 16000, 22050, 24000, 32000, 44100, 48000])(
    'pcm_%i lasts as long as at the engine’s rate',
    async (rate) => {
      const reference = await bytesOf(await fetchSpeech({}));
      const audio = await bytesOf(await fetchSpeech({ call: '/stream', query: { output_format: `pcm_${rate}` } }));
      expect(Math.abs(audio.length / 2 - (reference.length / 2) * (rate / 16000))).toBeLessThanOrEqual(1);
    },
  );

  test.each(['ulaw_8000', 'alaw_8000'])('%s has one byte a sample', async (format) => {
    const reference = await bytesOf(await fetchSpeech({ query: { output_format: 'pcm_8000' } }));
    const audio = await bytesOf(await fetchSpeech({ query: { output_format: format } }));
    expect(audio.length).toBe(reference.length / 2);
  });

  test('wav is PCM behind a header, and not for streams', async () => {
    const pcm = await bytesOf(await fetchSpeech({ query: { output_format: 'pcm_24000' } }));
    const wav = await bytesOf(await fetchSpeech({ query: { output_format: 'wav_24000' } }));
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
    expect(wav.readUInt32LE(24)).toBe(24000);
    expect(wav.readUInt32LE(40)).toBe(pcm.length);
    expect(Buffer.compare(wav.subarray(44), pcm)).toBe(0);
    expect((await fetchSpeech({ call: '/stream', query: { output_format: 'wav_24000' } })).status).toBe(422);
  });

  test('a voice’s speed is heeded', async () => {
    const slow = await bytesOf(await fetchSpeech({ body: { text, voice_settings: { speed: 0.7 } } }));
    const fast = await bytesOf(await fetchSpeech({ body: { text, voice_settings: { speed: 1.2 } } }));
    expect(slow.length / fast.length).toBeGreaterThan(1.3);
  });

  test('the service’s example voice id speaks', async () => {
    const response = await fetchSpeech({
      voice: 'JBFqnCBsd6RMkjVDRZzb',
      body: { text: 'Hi.', model_id: null, seed: 7 },
    });
    expect(response.status).toBe(200);
    expect((await bytesOf(response)).length).toBeGreaterThan(8000);
  });
});

function expectTimed({ lines, audio }: { lines: readonly WireLine[]; audio: Buffer }): void {
  const duration = audio.length / 2 / 16000;
  const original = joinAlignments(lines.map((line) => line.alignment));
  const normalized = joinAlignments(lines.map((line) => line.normalized_alignment));
  expect(original.characters).toEqual(Array.from(text));
  expect(normalized.characters.join('')).toBe(' Hello there, "friend". It is three thirty in isn\'t it? Yes!');
  for (const alignment of [original, normalized]) {
    const { character_start_times_seconds: starts, character_end_times_seconds: ends } = alignment;
    expect(starts[0]).toBe(0);
    expect(ends.slice(0, -1)).toEqual(starts.slice(1));
    expect(duration - ends.at(-1)!).toBeGreaterThanOrEqual(0);
    expect(duration - ends.at(-1)!).toBeLessThan(0.0011);
  }
}

describe('speech with timing', () => {
  test('with-timestamps is one object with all of it', async () => {
    const response = await fetchSpeech({ call: '/with-timestamps', body: { text } });
    expect(response.headers.get('content-type')).toBe('application/json');
    const line = (await response.json()) as WireLine;
    expectTimed({ lines: [line], audio: joinAudio([line]) });
  });

  test('its stream is a line for about 100 ms, each with the characters that begin in its audio', async () => {
    const response = await fetchSpeech({ call: '/stream/with-timestamps', body: { text } });
    expect(response.headers.get('content-type')).toBe('application/json');
    const body = await response.text();
    expect(body).toContain('"日"');
    expect(body.endsWith('}\n')).toBe(true);
    const lines = parseLines(body);
    expectTimed({ lines, audio: joinAudio(lines) });
    let heard = 0;
    for (const line of lines) {
      const seconds = Buffer.from(line.audio_base64, 'base64').length / 2 / 16000;
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(0.1);
      for (const start of line.alignment?.character_start_times_seconds ?? []) {
        // Times are rounded down to a millisecond.
        expect(start).toBeGreaterThan(heard - 0.001);
        expect(start).toBeLessThanOrEqual(heard + seconds);
      }
      heard += seconds;
    }
  });

  test('the same request gives the same body', async () => {
    const call = { call: '/stream/with-timestamps', voice: 'rmsUsEnglishMale0001' };
    const first = await (await fetchSpeech(call)).text();
    expect(await (await fetchSpeech(call)).text()).toBe(first);
  });
});
