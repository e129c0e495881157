import { describe, expect, test } from 'vitest';
import { multiStreamInput, streamInput } from '../../../src/core/socket-dialect.ts';
import { readSocketMessage } from '../../../src/edge/sockets/read-socket-message.ts';

const voice = {
  voice_settings: { stability: 0.5, similarity_boost: 0.75, style: 0, use_speaker_boost: true, speed: 1.1 },
  generation_config: { chunk_length_schedule: [50, 120.5] },
  pronunciation_dictionary_locators: [{ pronunciation_dictionary_id: 'd1', version_id: 'v1' }],
};

/** The message that goes to the service. */
function passed(call: 'connect' | 'connectMulti', message: unknown): unknown {
  const read = readSocketMessage(call, typeof message === 'string' ? message : JSON.stringify(message));
  return read && JSON.parse(read.json);
}

describe('a page’s message', () => {
  test('goes on whole as the client sends it', () => {
    const settings = { try_trigger_generation: true, generator_config: voice.generation_config, flush: true };
    for (const message of [
      streamInput.begin('', voice),
      streamInput.text('', { text: 'Hello 🦜. ', fields: settings }),
      streamInput.keepAlive(''),
      ...streamInput.end(''),
    ]) {
      expect(passed('connect', message)).toEqual(message);
    }
    for (const message of [
      multiStreamInput.begin('c', voice),
      multiStreamInput.text('c', { text: 'Hello. ', fields: { flush: true } }),
      multiStreamInput.keepAlive('c'),
      ...multiStreamInput.flush('c'),
      ...multiStreamInput.end('c'),
      ...multiStreamInput.close(),
    ]) {
      expect(passed('connectMulti', message)).toEqual(message);
    }
  });

  test('loses what may hold a key, what the call does not know, and null', () => {
    const foreign = {
      'xi-api-key': 'k',
      xi_api_key: 'k',
      authorization: 'k',
      Authorization: 'k',
      single_use_token: 'k',
      model_id: 'm',
      constructor: {},
      toString: 'x',
      voice_settings: null,
    };
    expect(passed('connect', { text: 'a', ...foreign, context_id: 'c', close_socket: true })).toEqual({ text: 'a' });
    expect(passed('connectMulti', { text: 'a', ...foreign, try_trigger_generation: true })).toEqual({ text: 'a' });
  });

  test('of which nothing is left is none', () => {
    expect(readSocketMessage('connect', '{}')).toBeUndefined();
    expect(readSocketMessage('connect', '{"xi_api_key":"k","text":null}')).toBeUndefined();
  });

  test('reaches the service in one reading: of a key that comes twice the last one, and no prototype', () => {
    expect(readSocketMessage('connect', '{"text":"free","text":"counted"}')).toEqual({
      json: '{"text":"counted"}',
      text: 'counted',
    });
    expect(passed('connect', '{"__proto__":{"text":"hidden"},"flush":true}')).toEqual({ flush: true });
    expect(passed('connect', '{"\\u0074ext":"a"}')).toEqual({ text: 'a' });
    expect(readSocketMessage('connect', '{"text":"a\\ud83d"}')).toEqual({
      json: '{"text":"a\ufffd"}',
      text: 'a\ufffd',
    });
    expect(passed('connect', { text: '🦜' })).toEqual({ text: '🦜' });
  });

  test.each([
    '',
    'hello',
    '[]',
    'null',
    '"text"',
    '{"text":1}',
    '{"text":["a"]}',
    '{"text":{"toString":"a"}}',
    '{"flush":"true"}',
    '{"voice_settings":[]}',
    '{"voice_settings":{"stability":"1"}}',
    '{"voice_settings":{"xi_api_key":"k"}}',
    '{"voice_settings":{"__proto__":{}}}',
    '{"generation_config":{"chunk_length_schedule":[1e999]}}',
    '{"generation_config":{"chunk_length_schedule":["50"]}}',
    '{"generation_config":{"xi_api_key":"k"}}',
    `{"generation_config":{"chunk_length_schedule":[${'50,'.repeat(50)}50]}}`,
    '{"pronunciation_dictionary_locators":{}}',
    '{"pronunciation_dictionary_locators":[{"authorization":"k"}]}',
    `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}x`,
  ])('that is none is refused, and not quoted: %.60s', (frame) => {
    expect(() => readSocketMessage('connect', frame)).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.not.stringContaining('api_key') }) as Error,
    );
  });

  test('names a context by text that is not too long', () => {
    for (const context_id of [1, {}, 'c'.repeat(257)]) {
      expect(() => readSocketMessage('connectMulti', JSON.stringify({ context_id, flush: true }))).toThrow(
        /context_id/,
      );
    }
    expect(passed('connectMulti', { context_id: 'c'.repeat(256) })).toBeDefined();
  });
});
