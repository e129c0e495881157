import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSaylight, createSdk, voiceId } from './clients.mjs';

const sdk = createSdk();
const saylight = createSaylight();
const saylightVoices = [];
for await (const voice of saylight.voices.search()) saylightVoices.push(voice);
const saylightIds = saylightVoices.map((voice) => voice.voice_id);
const namesOf = async (query) => (await sdk.voices.search(query)).voices.map((voice) => voice.name);

/** Fails if the SDK kept a field under its wire name: then it doesn't know the field. Labels have names of the user's. */
function assertKnownFields(value) {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, field] of Object.entries(value)) {
    assert.doesNotMatch(name, /_/, `the SDK doesn't know ${name}`);
    if (name !== 'labels') assertKnownFields(field);
  }
}

describe('models', () => {
  test('models.list gives the SDK the models that saylight gets', async () => {
    const models = await sdk.models.list();
    assertKnownFields(models);
    const own = await saylight.models.list();
    assert.ok(own.length > 0);
    assert.deepEqual(
      models.map((model) => [model.modelId, model.maximumTextLengthPerRequest, model.languages[0].languageId]),
      own.map((model) => [model.model_id, model.maximum_text_length_per_request, model.languages[0].language_id]),
    );
    assert.ok(models.every((model) => model.canDoTextToSpeech));
    assert.ok(models.every((model) => model.modelRates.characterCostMultiplier > 0));
  });
});

describe('voices', () => {
  test('voices.getAll gives the SDK the voices that saylight’s search gives', async () => {
    const { voices } = await sdk.voices.getAll();
    assertKnownFields(voices);
    assert.ok(voices.length > 1);
    assert.deepEqual(
      voices.map((voice) => [voice.voiceId, voice.name, voice.labels]),
      saylightVoices.map((voice) => [voice.voice_id, voice.name, voice.labels]),
    );
  });

  test('voices.search goes through every voice, page by page', async () => {
    const ids = [];
    let pages = 0;
    for (let nextPageToken; ;) {
      const page = await sdk.voices.search({ pageSize: 3, nextPageToken });
      assertKnownFields(page);
      assert.equal(page.totalCount, saylightIds.length);
      ids.push(...page.voices.map((voice) => voice.voiceId));
      pages++;
      assert.equal(page.hasMore, ids.length < saylightIds.length);
      if (!page.hasMore) break;
      nextPageToken = page.nextPageToken;
      assert.equal(typeof nextPageToken, 'string');
    }
    assert.equal(pages, Math.ceil(saylightIds.length / 3));
    assert.deepEqual(ids, saylightIds);
  });

  test('voices.search heeds its filters and its order', async () => {
    const [first, second] = saylightVoices;
    assert.deepEqual(await namesOf({ search: second.name }), [second.name]);
    const found = await namesOf({ voiceIds: [second.voice_id, first.voice_id] });
    assert.deepEqual(new Set(found), new Set([first.name, second.name]));
    const ascending = saylightVoices.map((voice) => voice.name).sort((one, other) => one.localeCompare(other, 'en'));
    assert.deepEqual(await namesOf({ sort: 'name', sortDirection: 'asc' }), ascending);
    assert.deepEqual(await namesOf({ sort: 'name', sortDirection: 'desc' }), ascending.toReversed());
  });

  test('voices.get gives the SDK one voice with its settings', async () => {
    const voice = await sdk.voices.get(voiceId, { withSettings: true });
    assertKnownFields(voice);
    const own = await saylight.voices.get(voiceId, { withSettings: true });
    assert.equal(voice.voiceId, voiceId);
    assert.equal(voice.name, own.name);
    assert.equal(voice.settings.similarityBoost, own.settings.similarity_boost);
  });
});

describe('single-use tokens', () => {
  test('tokens.singleUse.create gives another token each time', async () => {
    const { token } = await sdk.tokens.singleUse.create('tts_websocket');
    const { token: other } = await sdk.tokens.singleUse.create('tts_websocket');
    assert.match(token, /^sutkn_\w+$/);
    assert.notEqual(other, token);
    assert.match((await saylight.tokens.createSingleUse('tts_websocket')).token, /^sutkn_\w+$/);
  });
});
