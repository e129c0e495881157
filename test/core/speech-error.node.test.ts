import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { SpeechError } from '../../src/core/speech-error.ts';

const full = {
  status: 429,
  requestId: 'request-1',
  retryAfter: 2,
  detail: { code: 'system_busy', fields: ['body.text'] },
};

describe('SpeechError', () => {
  test('carries what it was given', () => {
    const cause = new Error('below');
    const error = new SpeechError('rate-limited', 'Wait.', { ...full, cause });
    expect(error).toMatchObject({ name: 'SpeechError', code: 'rate-limited', message: 'Wait.', cause, ...full });
  });

  test('has no cause of its own when none was given', () => {
    expect('cause' in new SpeechError('server', 'Failed.')).toBe(false);
  });

  test('survives a way through JSON and through a structured clone', () => {
    const error = new SpeechError('rate-limited', 'Wait.', { ...full, cause: new Error('stays behind') });
    for (const copy of [JSON.parse(JSON.stringify(error)), structuredClone(error.toJSON())]) {
      const again = SpeechError.from(copy);
      expect(again.toJSON()).toEqual(error.toJSON());
      expect(SpeechError.is(again)).toBe(true);
      expect('cause' in again).toBe(false);
    }
    expect(JSON.stringify(error)).not.toContain('stays behind');
  });

  test('is known across copies of the package, and nothing else is', () => {
    const other = Object.assign(new Error('other copy'), { [Symbol.for('saylight.SpeechError')]: true });
    expect(SpeechError.is(new SpeechError('server', ''))).toBe(true);
    expect(SpeechError.is(other)).toBe(true);
    for (const value of [new Error('x'), { name: 'SpeechError', code: 'server' }, null, undefined, 'server']) {
      expect(SpeechError.is(value)).toBe(false);
    }
  });

  test('shows its fields when it is printed', () => {
    expect(inspect(new SpeechError('server', 'Failed.', full))).toMatch(/SpeechError: Failed\.[^]*code: 'server'/);
  });
});
