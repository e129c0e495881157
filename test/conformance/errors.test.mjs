import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ElevenLabs, ElevenLabsError } from '@elevenlabs/elevenlabs-js';
import { createSaylight, createSdk, voiceId } from './clients.mjs';

const sdk = createSdk();
const saylight = createSaylight();
const outputFormat = 'pcm_16000';
const text = 'Hello.';

/** What a promise rejects with. */
async function rejection(promise) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  return assert.fail(`nothing was thrown: ${String(value)}`);
}

/** Fails unless both clients were refused with that status and code. */
function assertRefused(sdkError, speechError, { status, code, speechCode }) {
  assert.ok(sdkError instanceof ElevenLabsError);
  assert.equal(sdkError.statusCode, status);
  const { detail } = sdkError.body;
  assert.equal(detail.code, code);
  assert.equal(detail.status, code);
  assert.match(detail.message, /\S/);
  assert.match(detail.request_id, /^\w{20}$/);
  assert.equal(speechError.name, 'SpeechError');
  assert.equal(speechError.status, status);
  assert.equal(speechError.code, speechCode);
  assert.equal(speechError.detail.code, code);
}

describe('a voice that does not exist', () => {
  const notFound = { status: 404, code: 'voice_not_found', speechCode: 'not-found' };

  test('voices.get is refused with 404', async () => {
    const sdkError = await rejection(sdk.voices.get('nobody'));
    assertRefused(sdkError, await rejection(saylight.voices.get('nobody')), notFound);
  });

  for (const call of ['convert', 'convertWithTimestamps', 'stream', 'streamWithTimestamps']) {
    test(`${call} is refused with 404`, async () => {
      const sdkError = await rejection(sdk.textToSpeech[call]('nobody', { text, outputFormat }));
      const speech = saylight.textToSpeech[call]('nobody', { text }, { outputFormat });
      const own = call === 'streamWithTimestamps' ? speech[Symbol.asyncIterator]().next() : speech;
      assertRefused(sdkError, await rejection(own), notFound);
    });
  }
});

describe('a request that is not valid', () => {
  test('is refused with 422 and the place of the field', async () => {
    const voiceSettings = { stability: 2, speed: 9 };
    const error = await rejection(sdk.textToSpeech.stream(voiceId, { text, outputFormat, voiceSettings }));
    assert.ok(error instanceof ElevenLabs.UnprocessableEntityError);
    assert.equal(error.statusCode, 422);
    const places = error.body.detail.map((issue) => issue.loc);
    assert.deepEqual(places, [
      ['body', 'voice_settings', 'stability'],
      ['body', 'voice_settings', 'speed'],
    ]);
    assert.ok(error.body.detail.every((issue) => issue.msg !== '' && issue.type !== ''));

    const settings = { text, voice_settings: voiceSettings };
    const own = await rejection(saylight.textToSpeech.stream(voiceId, settings, { outputFormat }));
    assert.equal(own.code, 'invalid-request');
    assert.equal(own.status, 422);
    assert.deepEqual(
      own.detail.fields,
      places.map((place) => place.join('.')),
    );
  });

  test('an empty text is refused with 422', async () => {
    const error = await rejection(sdk.textToSpeech.convertWithTimestamps(voiceId, { text: '', outputFormat }));
    assert.ok(error instanceof ElevenLabs.UnprocessableEntityError);
    assert.deepEqual(error.body.detail[0].loc, ['body', 'text']);
  });

  test('a page of voices that is too large is refused with 422', async () => {
    const error = await rejection(sdk.voices.search({ pageSize: 101 }));
    assert.ok(error instanceof ElevenLabs.UnprocessableEntityError);
    assert.deepEqual(error.body.detail[0].loc, ['query', 'page_size']);
  });

  test('text that the engine cannot speak is refused with 400', async () => {
    const sdkError = await rejection(sdk.textToSpeech.stream(voiceId, { text: '日本', outputFormat }));
    const own = await rejection(saylight.textToSpeech.stream(voiceId, { text: '日本' }, { outputFormat }));
    assertRefused(sdkError, own, { status: 400, code: 'text_not_speakable', speechCode: 'invalid-request' });
  });
});

describe('who asks', () => {
  test('a key that is not valid is refused with 401', async () => {
    const sdkError = await rejection(createSdk({ apiKey: 'invalid' }).models.list());
    const own = await rejection(createSaylight({ apiKey: 'invalid' }).models.list());
    assertRefused(sdkError, own, { status: 401, code: 'invalid_api_key', speechCode: 'unauthorized' });
  });

  test('a quota that is used up is refused with 401', async () => {
    const headers = { 'x-fault-quota': '1' };
    const sdkError = await rejection(createSdk({ headers }).textToSpeech.convert(voiceId, { text, outputFormat }));
    const own = await rejection(createSaylight({ headers }).textToSpeech.convert(voiceId, { text }, { outputFormat }));
    assertRefused(sdkError, own, { status: 401, code: 'quota_exceeded', speechCode: 'quota-exceeded' });
  });

  test('a 429 that stays is refused with 429', async () => {
    const headers = { 'x-fault-status': '429' };
    const sdkError = await rejection(createSdk({ headers, maxRetries: 0 }).models.list());
    const own = await rejection(createSaylight({ headers, retry: false }).models.list());
    assertRefused(sdkError, own, { status: 429, code: 'concurrent_limit_exceeded', speechCode: 'rate-limited' });
  });
});
