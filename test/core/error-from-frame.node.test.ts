import { expect, test } from 'vitest';
import { errorFromFrame } from '../../src/core/error-from-frame.ts';

const spoken = 'the words that were sent';

test.each([
  [{ message: spoken, error: 'input_timeout_exceeded', code: 1008 }, 'timeout', 'input_timeout_exceeded'],
  [{ message: spoken, error: 'detected_unusual_activity', code: 1008 }, 'forbidden', 'detected_unusual_activity'],
  [{ error: 'needs_authorization' }, 'unauthorized', 'needs_authorization'],
  [{ error: 'invalid_api_key' }, 'unauthorized', 'invalid_api_key'],
  [{ error: 'invalid_voice_settings' }, 'invalid-request', 'invalid_voice_settings'],
  [{ error: 'max_character_limit_exceeded' }, 'invalid-request', 'max_character_limit_exceeded'],
  [{ error: 'max_active_contexts_exceeded' }, 'rate-limited', 'max_active_contexts_exceeded'],
  [{ error: 'voice_not_found' }, 'not-found', 'voice_not_found'],
  [{ error: 'quota_exceeded' }, 'quota-exceeded', 'quota_exceeded'],
  [{ message: spoken, error: 'some_new_error', code: 1008 }, 'server', 'some_new_error'],
  [{ message: spoken, code: 1008 }, 'server', undefined],
])('reads %j as %s', (body, code, detail) => {
  const error = errorFromFrame(body);
  expect(error).toMatchObject({ code, detail: { code: detail } });
  expect(error.message).not.toContain(spoken);
});
