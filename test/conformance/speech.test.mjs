import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { createSaylight, createSdk, voiceId } from './clients.mjs';
import { assertTimed, collect, joinChunks, joinSdkChunks } from './timed-speech.mjs';

const text = 'Hello there, “friend”! Meet me at 3:30 in the café. Are you ready?';
const expected = {
  text,
  normalizedText: ' Hello there, "friend"! Meet me at three thirty in the cafe. Are you ready?',
  sampleRate: 16_000,
};
const sdkRequest = {
  text,
  modelId: 'eleven_flash_v2_5',
  outputFormat: 'pcm_16000',
  seed: 7,
  voiceSettings: { stability: 0.5, similarityBoost: 0.75, speed: 1.1 },
};
const request = {
  text,
  model_id: 'eleven_flash_v2_5',
  seed: 7,
  voice_settings: { stability: 0.5, similarity_boost: 0.75, speed: 1.1 },
};
const options = { outputFormat: 'pcm_16000' };

const sdk = createSdk();
const saylight = createSaylight();
const bytesOf = async (stream) => Buffer.concat(await collect(stream));
const convertAs = async (outputFormat) =>
  bytesOf(await sdk.textToSpeech.convert(voiceId, { ...sdkRequest, outputFormat }));
const samplesOf = ({ length }) => length / 2;

describe('speech without times', () => {
  test('convert and stream give the SDK the audio that saylight gets', async () => {
    const converted = await bytesOf(await sdk.textToSpeech.convert(voiceId, sdkRequest));
    const streamed = await bytesOf(await sdk.textToSpeech.stream(voiceId, sdkRequest));
    assert.ok(samplesOf(converted) > 3 * expected.sampleRate, 'the text takes longer than 3 s to say');
    assert.ok(new Set(converted).size > 200, 'speech takes nearly every value that a byte has');
    assert.deepEqual(streamed, converted);
    const { audio: convertedAudio } = await saylight.textToSpeech.convert(voiceId, request, options);
    assert.deepEqual(await bytesOf(convertedAudio), converted);
    const { audio: streamedAudio } = await saylight.textToSpeech.stream(voiceId, request, options);
    assert.deepEqual(await bytesOf(streamedAudio), converted);
  });

  test('a stream gives what there is before the rest has come', async () => {
    const stalling = createSdk({ headers: { 'x-fault-stall': '5000' } });
    const reader = (await stalling.textToSpeech.stream(voiceId, sdkRequest)).getReader();
    let received = 0;
    while (received < 5000) received += (await reader.read()).value.length;
    assert.equal(received, 5000);
    await reader.cancel();
  });

  test('wav is the same PCM behind a header', async () => {
    const pcm = await convertAs('pcm_16000');
    const wav = await convertAs('wav_16000');
    assert.equal(wav.toString('latin1', 0, 4), 'RIFF');
    assert.deepEqual(wav.subarray(44), pcm);
  });

  test('mu-law and A-law have one byte for a sample of PCM', async () => {
    const pcm = await convertAs('pcm_8000');
    assert.equal((await convertAs('ulaw_8000')).length, samplesOf(pcm));
    assert.equal((await convertAs('alaw_8000')).length, samplesOf(pcm));
  });
});

describe('speech with times', () => {
  test('convertWithTimestamps gives the SDK the audio of convert, and times that fit it', async () => {
    const { data } = await sdk.textToSpeech.convertWithTimestamps(voiceId, sdkRequest).withRawResponse();
    const speech = joinSdkChunks([data]);
    assertTimed(speech, expected);
    assert.deepEqual(speech.audio, await bytesOf(await sdk.textToSpeech.convert(voiceId, sdkRequest)));
    const own = await saylight.textToSpeech.convertWithTimestamps(voiceId, request, options);
    assert.deepEqual(joinChunks([own]), speech);
  });

  test('streamWithTimestamps gives the SDK the same in many chunks', async () => {
    const chunks = await collect(await sdk.textToSpeech.streamWithTimestamps(voiceId, sdkRequest));
    assert.ok(chunks.length > 10, `${chunks.length} chunks`);
    const speech = joinSdkChunks(chunks);
    assertTimed(speech, expected);
    assert.deepEqual(speech, joinSdkChunks([await sdk.textToSpeech.convertWithTimestamps(voiceId, sdkRequest)]));
    const own = await collect(saylight.textToSpeech.streamWithTimestamps(voiceId, request, options));
    assert.deepEqual(joinChunks(own), speech);
  });

  test('a chunk’s characters start in its own audio', async () => {
    let heard = 0;
    for await (const chunk of await sdk.textToSpeech.streamWithTimestamps(voiceId, sdkRequest)) {
      const end = heard + samplesOf(Buffer.from(chunk.audioBase64, 'base64')) / expected.sampleRate;
      for (const start of chunk.alignment?.characterStartTimesSeconds ?? []) {
        // Times are whole milliseconds.
        assert.ok(start > heard - 0.001 && start <= end, `${start} s is not within ${heard} s to ${end} s`);
      }
      heard = end;
    }
    assert.ok(heard > 3);
  });

  test('lines that arrive a few bytes at a time are the same lines', async () => {
    const split = createSdk({ headers: { 'x-fault-chunk': '997' } });
    const chunks = await collect(await split.textToSpeech.streamWithTimestamps(voiceId, sdkRequest));
    assert.deepEqual(chunks, await collect(await sdk.textToSpeech.streamWithTimestamps(voiceId, sdkRequest)));
  });
});

describe('what comes with speech', () => {
  const calls = ['convert', 'convertWithTimestamps', 'stream', 'streamWithTimestamps'];
  for (const call of calls) {
    test(`${call} has its request’s id and cost in its headers`, async () => {
      const { data, rawResponse } = await sdk.textToSpeech[call](voiceId, sdkRequest).withRawResponse();
      if (call !== 'convertWithTimestamps') await collect(data);
      assert.match(rawResponse.headers.get('request-id'), /^\w{20}$/);
      // Flash costs half a credit a character.
      const cost = Math.ceil(Array.from(text).length / 2);
      assert.equal(rawResponse.headers.get('character-cost'), String(cost));
    });
  }

  test('saylight reads the same cost, and an id of its own request', async () => {
    const { requestId, characterCost } = await saylight.textToSpeech.convertWithTimestamps(voiceId, request, options);
    assert.match(requestId, /^\w{20}$/);
    assert.equal(characterCost, Math.ceil(Array.from(text).length / 2));
  });

  test('the SDK asks again after a 429 and gets its audio', async () => {
    const headers = { 'x-fault-status': '429', 'x-fault-retry-after': '1', 'x-fault-times': '1' };
    const limited = createSdk({ headers: { ...headers, 'x-fault-key': randomUUID() } });
    const { data, rawResponse } = await limited.textToSpeech.convert(voiceId, sdkRequest).withRawResponse();
    assert.equal(rawResponse.status, 200);
    assert.ok((await bytesOf(data)).length > 0);
  });
});
