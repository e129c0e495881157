import { describe, expect, test } from 'vitest';
import { errorFromClose } from '../../../src/core/error-from-close.ts';
import { closeCodeForService, closeForPage, isSendable } from '../../../src/edge/sockets/close-code.ts';

describe('the service’s close', () => {
  test.each([
    [1000, '', 1000, ''],
    [1000, 'All said.', 1000, ''],
    [1001, 'Deploying.', 1001, ''],
    [1003, '', 1003, ''],
    [1008, 'input_timeout_exceeded', 1008, 'input_timeout_exceeded'],
    [1008, 'Timeout: no text came.', 1008, 'input_timeout_exceeded'],
    [1008, 'Voice settings may not change.', 1008, 'invalid_voice_settings'],
    [1008, 'Maximum of 5 contexts.', 1008, 'max_active_conversations'],
    [1008, 'What was said is secret.', 1008, ''],
    [1008, 'max_character_limit_exceeded: too long', 1008, 'max_character_limit_exceeded'],
    [1009, 'too big', 1009, ''],
    [1011, 'Timeout in shard 7.', 1011, ''],
    [1013, 'system_busy', 1013, 'system_busy'],
    [4001, 'Contact us.', 4001, ''],
  ])('%i %j is told to the page as %i %j', (code, reason, toldCode, toldReason) => {
    expect(closeForPage({ code, reason })).toEqual({ code: toldCode, reason: toldReason });
  });

  test.each([
    [1008, 'invalid_api_key'],
    [1008, 'The API key sk_123 has expired.'],
    [1008, 'needs_authorization'],
    [1008, 'Unauthenticated.'],
    [1008, 'missing_permissions'],
    [1008, 'detected_unusual_activity'],
    [1008, 'quota_exceeded'],
    [1008, 'This subscription has ended.'],
    [3000, ''],
    [3003, 'Forbidden.'],
    [4401, ''],
    [4403, 'x'],
    [4000, 'Invalid token.'],
  ])('%i %j, which is about the gateway’s account, is told as a refusal of the gateway', (code, reason) => {
    const told = closeForPage({ code, reason });
    expect(told).toEqual({ code: 4502, reason: 'upstream_refused' });
    expect(errorFromClose({ code: 4502, reason: told.reason }).code).toBe('server');
  });

  test('is passed on with a code that may be sent, whatever came', () => {
    const codes = Array.from({ length: 65_536 }, (_, code) => code);
    const told = codes.map((code) => closeForPage({ code, reason: '' }).code);
    expect(told.filter((code) => code !== undefined && !isSendable(code))).toEqual([]);
    expect(codes.map((code) => closeCodeForService(code)).filter((code) => !isSendable(code))).toEqual([]);
    expect(closeForPage({ reason: '' })).toEqual({ code: undefined, reason: '' });
    expect(closeForPage({ code: 1006, reason: 'Lost.' })).toEqual({ code: 1014, reason: '' });
    expect(closeForPage({ code: 1015, reason: '' })).toEqual({ code: 1014, reason: '' });
  });

  test('that a page takes up again stays one that it takes up', () => {
    expect(errorFromClose({ code: 1001, reason: 'session_ended' }).code).toBe('network');
    expect(errorFromClose({ code: 1014, reason: '' }).code).toBe('network');
    const idle = errorFromClose({ code: 4408, reason: 'input_timeout_exceeded' });
    expect(idle.detail?.code).toBe('input_timeout_exceeded');
  });
});

describe('the page’s close', () => {
  test.each([
    [1000, 1000],
    [1001, 1001],
    [1002, 1001],
    [1005, 1000],
    [1006, 1001],
    [1015, 1001],
    [3000, 3000],
    [4999, 4999],
    [5000, 1001],
    [undefined, 1000],
  ])('%s is told to the service as %i', (code, told) => {
    expect(closeCodeForService(code)).toBe(told);
  });
});
