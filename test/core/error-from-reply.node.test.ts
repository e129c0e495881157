import { describe, expect, test } from 'vitest';
import { errorFromReply } from '../../src/core/error-from-reply.ts';
import type { SpeechErrorCode } from '../../src/core/speech-error.ts';

const spoken = 'Meet me at the old mill at nine';

type Row = [status: number | undefined, body: unknown, code: SpeechErrorCode, serviceCode: string | undefined];

const today = (code: string, type: string): object => ({
  detail: { type, code, message: `No: ${spoken}`, status: code, request_id: 'r-1', param: 'text' },
});
const older = (status: string): object => ({ detail: { status, message: `No: ${spoken}` } });

describe('errorFromReply', () => {
  test.each<Row>([
    [422, today('invalid_parameters', 'validation_error'), 'invalid-request', 'invalid_parameters'],
    [429, today('rate_limit_exceeded', 'rate_limit_error'), 'rate-limited', 'rate_limit_exceeded'],
    [429, today('concurrent_limit_exceeded', 'rate_limit_error'), 'rate-limited', 'concurrent_limit_exceeded'],
    [401, older('invalid_api_key'), 'unauthorized', 'invalid_api_key'],
    [401, older('quota_exceeded'), 'quota-exceeded', 'quota_exceeded'],
    [400, older('max_character_limit_exceeded'), 'invalid-request', 'max_character_limit_exceeded'],
    [401, older('max_character_limit_exceeded'), 'invalid-request', 'max_character_limit_exceeded'],
    [404, older('voice_not_found'), 'not-found', 'voice_not_found'],
    [400, older('voice_not_found'), 'not-found', 'voice_not_found'],
    [401, older('voice_not_found'), 'not-found', 'voice_not_found'],
    [403, older('only_for_creator+'), 'forbidden', 'only_for_creator+'],
    [429, older('too_many_concurrent_requests'), 'rate-limited', 'too_many_concurrent_requests'],
    [429, older('system_busy'), 'rate-limited', 'system_busy'],
    [402, {}, 'quota-exceeded', undefined],
    [408, {}, 'timeout', undefined],
    [409, {}, 'conflict', undefined],
    [404, { detail: 'Not Found' }, 'not-found', undefined],
    [401, { detail: spoken }, 'unauthorized', undefined],
    [500, undefined, 'server', undefined],
    [503, null, 'server', undefined],
    [500, [], 'server', undefined],
    [418, 7, 'invalid-request', undefined],
    [401, { error: { code: 'token_expired', message: spoken } }, 'unauthorized', 'token_expired'],
    [undefined, { message: spoken, error: 'input_timeout_exceeded', code: 1008 }, 'server', 'input_timeout_exceeded'],
    [undefined, older('quota_exceeded'), 'quota-exceeded', 'quota_exceeded'],
    [undefined, older('system_busy'), 'rate-limited', 'system_busy'],
    [undefined, { detail: spoken }, 'server', undefined],
    [500, { detail: { code: spoken, status: { deep: spoken } } }, 'server', undefined],
  ])('reads %s %j as %s', (status, body, code, serviceCode) => {
    const error = errorFromReply({ status, body });
    expect(error).toMatchObject({ code, status });
    expect(error.detail?.code).toBe(serviceCode);
    expect(error.message).not.toContain('undefined');
    expect(error.message + JSON.stringify(error)).not.toContain('mill');
  });

  test('names the fields of a 422, not their inputs', () => {
    const error = errorFromReply({
      status: 422,
      body: {
        detail: [
          { loc: ['body', 'voice_settings', 'stability'], msg: 'Input should be less', type: 'less_than', input: 7 },
          { loc: ['body', 'previous_request_ids', 3], msg: `not ${spoken}`, type: 'string', input: spoken },
          { msg: 'no place' },
          null,
        ],
      },
    });
    expect(error.code).toBe('invalid-request');
    expect(error.detail).toEqual({
      code: 'less_than',
      fields: ['body.voice_settings.stability', 'body.previous_request_ids.3'],
    });
    expect(error.message).toContain('body.voice_settings.stability');
    expect(JSON.stringify(error)).not.toContain('mill');
  });

  test('knows the request by its header, or else by its body', () => {
    const body = today('x', 'y');
    expect(errorFromReply({ status: 500, body }).requestId).toBe('r-1');
    expect(errorFromReply({ status: 500, body, requestId: 'r-2' }).requestId).toBe('r-2');
    expect(errorFromReply({ status: 500, body }).detail?.fields).toEqual(['text']);
  });
});
