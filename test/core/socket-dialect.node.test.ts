import { describe, expect, test } from 'vitest';
import { multiStreamInput, streamInput } from '../../src/core/socket-dialect.ts';

const fields = { voice_settings: { speed: 1.1 }, xi_api_key: 'key' };

describe('stream-input', () => {
  test('begins with a space, and knows no contexts', () => {
    expect(streamInput).toMatchObject({ call: 'stream-input', keyField: 'xi-api-key' });
    expect(streamInput.begin('', fields)).toEqual({ text: ' ', ...fields });
    expect(streamInput.text('', { text: 'one ', fields: { flush: true } })).toEqual({ text: 'one ', flush: true });
  });

  test('says nothing with a space, and ends with empty text only, which flushes', () => {
    expect(streamInput.keepAlive('')).toEqual({ text: ' ' });
    expect(streamInput.flush('')).toEqual([]);
    expect(streamInput.end('')).toEqual([{ text: '' }]);
    expect(streamInput.cancel('')).toEqual([]);
    expect(streamInput.close()).toEqual([]);
  });
});

describe('multi-stream-input', () => {
  test('names the context in every message but the last', () => {
    expect(multiStreamInput).toMatchObject({ call: 'multi-stream-input', keyField: 'xi_api_key' });
    expect(multiStreamInput.begin('a', fields)).toEqual({ text: ' ', ...fields, context_id: 'a' });
    expect(multiStreamInput.text('a', { text: 'one ', fields: {} })).toEqual({ text: 'one ', context_id: 'a' });
    expect(multiStreamInput.close()).toEqual([{ close_socket: true }]);
  });

  test('says nothing with empty text, and ends with a close, which does not flush', () => {
    const close = { context_id: 'a', close_context: true };
    expect(multiStreamInput.keepAlive('a')).toEqual({ text: '', context_id: 'a' });
    expect(multiStreamInput.flush('a')).toEqual([{ context_id: 'a', flush: true }]);
    expect(multiStreamInput.end('a')).toEqual([close]);
    expect(multiStreamInput.cancel('a')).toEqual([close, close]);
  });
});
