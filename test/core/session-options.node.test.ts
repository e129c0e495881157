import { describe, expect, test } from 'vitest';
import { requestUrl } from '../../src/core/request-url.ts';
import { sessionQuery, voiceFields, type SessionOptions } from '../../src/core/session-options.ts';

/** The query that a session's address has. */
function search(options: SessionOptions, zeroRetention = false): string {
  return new URL(requestUrl('https://example.com', '/path', sessionQuery(options, zeroRetention))).search;
}

describe('sessionQuery', () => {
  test('is empty without options', () => {
    expect(search({})).toBe('');
  });

  test('holds every option of the call, and those that are off or 0 too', () => {
    expect(
      Object.fromEntries(
        new URLSearchParams(
          search({
            model_id: 'eleven_flash_v2_5',
            language_code: 'en',
            apply_text_normalization: 'off',
            seed: 0,
            outputFormat: 'pcm_24000',
            enableLogging: false,
            enableSsmlParsing: false,
            inactivityTimeout: 60,
            syncAlignment: true,
            autoMode: true,
          }),
        ),
      ),
    ).toEqual({
      model_id: 'eleven_flash_v2_5',
      language_code: 'en',
      apply_text_normalization: 'off',
      seed: '0',
      output_format: 'pcm_24000',
      enable_logging: 'false',
      enable_ssml_parsing: 'false',
      inactivity_timeout: '60',
      sync_alignment: 'true',
      auto_mode: 'true',
    });
  });

  test('leaves out what is null, and what does not concern the service', () => {
    expect(
      search({ language_code: null, seed: null, locale: 'en-US', resume: false, timeout: 3, timeBase: 'chunk' }),
    ).toBe('');
    expect(search({ voice_settings: { speed: 1 } })).toBe('');
  });

  test('asks the service to keep nothing under zero retention, and refuses the contrary', () => {
    expect(search({}, true)).toBe('?enable_logging=false');
    expect(search({ enableLogging: false }, true)).toBe('?enable_logging=false');
    expect(() => sessionQuery({ enableLogging: true }, true)).toThrow(TypeError);
    expect(search({ enableLogging: true })).toBe('?enable_logging=true');
  });
});

describe('voiceFields', () => {
  const voice = {
    voice_settings: { stability: 0, style: 0.5 },
    generation_config: { chunk_length_schedule: [50, 90] },
    pronunciation_dictionary_locators: [{ pronunciation_dictionary_id: 'a', version_id: 'b' }],
  };

  test('holds what is told of the voice and nothing else', () => {
    expect(voiceFields(voice)).toEqual(voice);
    expect(voiceFields({ ...voice, model_id: 'eleven_v3' } as SessionOptions)).toEqual(voice);
  });

  test('has no names for what is left out, so that it does not cover what others say', () => {
    const none = { voice_settings: null, generation_config: undefined, pronunciation_dictionary_locators: null };
    expect(Object.keys(voiceFields(none))).toEqual([]);
    expect(Object.keys(voiceFields({}))).toEqual([]);
  });
});
