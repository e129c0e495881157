import { describe, expect, test } from 'vitest';
import { errorFromClose } from '../../src/core/error-from-close.ts';
import { errorFromFrame } from '../../src/core/error-from-frame.ts';
import type { SpeechErrorCode } from '../../src/core/speech-error.ts';

const spoken = 'meet me at the old mill';

type Row = [code: number, reason: string, expected: SpeechErrorCode, serviceCode?: string];

describe('errorFromClose', () => {
  test.each<Row>([
    [1000, '', 'network'],
    [1000, `Done with ${spoken}`, 'network'],
    [1001, '', 'network'],
    [1002, '', 'protocol'],
    [1003, '', 'invalid-request'],
    [1005, '', 'network'],
    [1006, '', 'network'],
    [1007, '', 'invalid-request'],
    [1008, '', 'invalid-request'],
    [1009, '', 'invalid-request'],
    [1011, '', 'server'],
    [1011, 'keepalive ping timeout', 'server'],
    [1012, '', 'network'],
    [1013, '', 'rate-limited'],
    [1014, '', 'network'],
    [1015, '', 'network'],
    [3000, '', 'unauthorized'],
    [3003, '', 'forbidden'],
    [3008, '', 'timeout'],
    [3500, '', 'server'],
    [4000, '', 'server'],
    [4401, '', 'unauthorized'],
    [4402, '', 'quota-exceeded'],
    [4403, '', 'forbidden'],
    [4404, '', 'not-found'],
    [4429, '', 'rate-limited'],
    [4503, '', 'server'],
    [4999, '', 'server'],
    [1008, 'input_timeout_exceeded', 'timeout', 'input_timeout_exceeded'],
    [1008, `No text. input_timeout_exceeded ${spoken}`, 'timeout', 'input_timeout_exceeded'],
    [1000, 'input_timeout_exceeded', 'timeout', 'input_timeout_exceeded'],
    [
      1008,
      `Have not received a new text input within the timeout of 20.0 seconds after ${spoken}`,
      'timeout',
      'input_timeout_exceeded',
    ],
    [1008, 'quota_exceeded', 'quota-exceeded', 'quota_exceeded'],
    [1008, `This request exceeds your quota: ${spoken}`, 'quota-exceeded', 'quota_exceeded'],
    [1011, 'quota_exceeded', 'quota-exceeded', 'quota_exceeded'],
    [1008, `detected_unusual_activity: ${spoken}`, 'forbidden', 'detected_unusual_activity'],
    [1008, 'Unusual activity detected. Free Tier usage disabled.', 'forbidden', 'detected_unusual_activity'],
    [1008, 'voice_settings cannot be changed', 'invalid-request'],
    [1008, 'Voice settings were sent again', 'invalid-request'],
    [4000, 'Voice settings were sent again', 'invalid-request'],
    [1008, 'Maximum simultaneous contexts exceeded (5)', 'rate-limited'],
    [1008, 'max_contexts_exceeded', 'rate-limited', 'max_contexts_exceeded'],
    [1008, 'Invalid API key', 'unauthorized', 'invalid_api_key'],
    [1008, 'invalid_api_key', 'unauthorized', 'invalid_api_key'],
    [1008, 'You need to send authorization', 'unauthorized', 'invalid_api_key'],
    [1008, 'voice_not_found', 'not-found', 'voice_not_found'],
    [1008, 'concurrent_limit_exceeded', 'rate-limited', 'concurrent_limit_exceeded'],
    [1008, 'some_new_reason', 'invalid-request', 'some_new_reason'],
    [4401, 'some_new_reason', 'unauthorized', 'some_new_reason'],
    [1008, `Not this: ${spoken}`, 'invalid-request'],
    [1008, 'mill', 'invalid-request'],
  ])('reads %i %j as %s', (code, reason, expected, serviceCode) => {
    const error = errorFromClose({ code, reason });
    expect(error).toMatchObject({ code: expected, status: undefined, detail: { code: serviceCode } });
    expect(error.message).toContain(String(code));
    if (serviceCode) expect(error.message).toContain(serviceCode);
    expect(error.message + JSON.stringify(error)).not.toMatch(/undefined|mill/);
  });

  test.each([
    'input_timeout_exceeded',
    'quota_exceeded',
    'detected_unusual_activity',
    'too_many_contexts',
    'max_contexts_exceeded',
    'invalid_api_key',
    'voice_not_found',
    'system_busy',
    'needs_authorization',
    'invalid_voice_settings',
    'max_active_conversations',
    'invalid_message',
    'concurrent_limit_exceeded',
  ])('and a frame that tells of %s are the same error', (name) => {
    const frame = { message: spoken, error: name, code: 1008 };
    const { code, detail } = errorFromClose({ code: 1008, reason: name });
    expect(errorFromFrame(frame)).toMatchObject({ code, detail: { code: detail?.code } });
  });
});
