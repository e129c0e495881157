import { describe, expect, test } from 'vitest';
import { checkGrants, type WantedSpeech } from '../../../src/edge/access/check-grants.ts';
import { Refusal } from '../../../src/edge/refusal.ts';
import { speechOperations, type SpeechGrants } from '../../../src/edge/access/speech-grants.ts';

const stream: WantedSpeech = { operation: 'stream', voiceId: 'voice1', modelId: 'model1', characters: 10 };
const speaking = speechOperations.filter((operation) => operation !== 'models' && operation !== 'voices');

/** Code and message of a refusal; undefined when it may pass. */
function answer(grants: SpeechGrants, wanted: WantedSpeech): string | undefined {
  try {
    checkGrants(grants, wanted);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe('a request', () => {
  test('passes when nothing is limited', () => {
    for (const operation of speechOperations) {
      expect(answer({}, { operation })).toBeUndefined();
      expect(answer({}, { ...stream, operation })).toBeUndefined();
    }
  });

  test('passes when all that it wants is granted', () => {
    const grants: SpeechGrants = {
      operations: ['stream'],
      voices: ['voice1', 'voice2'],
      models: ['model1'],
      formats: ['mp3_44100_128', 'pcm_24000'],
      charactersPerRequest: 10,
    };
    expect(answer(grants, stream)).toBeUndefined();
    expect(answer(grants, { ...stream, voiceId: 'voice2', format: 'pcm_24000' })).toBeUndefined();
  });

  test.each([
    [{ operations: ['convert'] }, 'operation'],
    [{ operations: [] }, 'operation'],
    [{ voices: ['voice2'] }, 'voice'],
    [{ voices: [] }, 'voice'],
    [{ models: ['model2'] }, 'model_id'],
    [{ models: [] }, 'model_id'],
    [{ formats: ['pcm_24000'] }, 'output_format'],
    [{ formats: [] }, 'output_format'],
  ] as [SpeechGrants, string][])('beyond %j is refused by the name of what is missing', (grants, field) => {
    expect(answer(grants, stream)).toBe(`not_granted: This token is not good for this ${field}: ask for one that is.`);
  });

  test.each(['Voice1', 'voice', 'voice11', 'voice1 ', '', 'toString', '__proto__', '0', 'length'])(
    'for the voice %j is not one for voice1',
    (voiceId) => {
      expect(answer({ voices: ['voice1'] }, { ...stream, voiceId })).toMatch(/^not_granted: .* voice:/);
    },
  );

  test('that names no voice is refused where voices are limited', () => {
    for (const operation of speaking) {
      expect(answer({ voices: ['voice1'] }, { operation })).toMatch(/^not_granted: .* voice:/);
    }
  });

  test('that names no model is told to, where models are limited', () => {
    for (const operation of speaking) {
      expect(answer({ models: ['model1'] }, { ...stream, operation, modelId: undefined })).toBe(
        'not_granted: This token is good for certain models only: name one of them as model_id.',
      );
    }
  });

  test('that names no format has the default of the service', () => {
    expect(answer({ formats: ['mp3_44100_128'] }, stream)).toBeUndefined();
    expect(answer({ formats: ['mp3_44100_128'] }, { ...stream, format: 'mp3_44100_64' })).toMatch(/^not_granted: /);
    expect(answer({ formats: ['pcm_24000'] }, { ...stream, format: undefined })).toMatch(/^not_granted: /);
  });

  test('may have as many characters as are granted, no more', () => {
    expect(answer({ charactersPerRequest: 10 }, stream)).toBeUndefined();
    expect(answer({ charactersPerRequest: 9 }, stream)).toMatch(/^text_too_long: /);
    expect(answer({ charactersPerRequest: 0 }, stream)).toMatch(/^text_too_long: /);
    expect(answer({ charactersPerRequest: NaN }, stream)).toMatch(/^text_too_long: /);
    expect(answer({ charactersPerRequest: 1e6 }, { ...stream, characters: NaN })).toMatch(/^text_too_long: /);
    expect(answer({ charactersPerRequest: 9 }, { ...stream, characters: undefined })).toBeUndefined();
  });

  test('for lists needs no voice, model or format, but the operation, and a voice that it names', () => {
    const grants: SpeechGrants = { operations: ['models', 'voices'], voices: ['voice1'], models: [], formats: [] };
    expect(answer(grants, { operation: 'models' })).toBeUndefined();
    expect(answer(grants, { operation: 'voices' })).toBeUndefined();
    expect(answer(grants, { operation: 'voices', voiceId: 'voice1' })).toBeUndefined();
    expect(answer(grants, { operation: 'voices', voiceId: 'voice2' })).toMatch(/^not_granted: .* voice:/);
    expect(answer({ operations: ['stream'] }, { operation: 'models' })).toMatch(/^not_granted: .* operation:/);
  });

  test('is never quoted', () => {
    const wanted: WantedSpeech = { operation: 'stream', voiceId: 'hunter2', modelId: 'hunter2', format: 'hunter2' };
    for (const grants of [{ voices: ['a'] }, { models: ['a'] }, { formats: ['a'] }] satisfies SpeechGrants[]) {
      expect(answer(grants, wanted)).toMatch(/^not_granted: (?!.*hunter2)/);
    }
  });
});
