import { describe, expect, test } from 'vitest';
import { parseRetryAfter, retryDelay } from '../../src/core/retry-delay.ts';
import { SpeechError, type SpeechErrorCode } from '../../src/core/speech-error.ts';

const policy = { attempts: 3, minDelay: 1, maxDelay: 3 };
const failure = (code: SpeechErrorCode, status?: number, retryAfter?: number): SpeechError =>
  new SpeechError(code, '', { status, retryAfter });

describe('retryDelay', () => {
  test.each<[SpeechErrorCode, number | undefined]>([
    ['timeout', 408],
    ['rate-limited', 429],
    ['server', 500],
    ['server', 503],
    ['network', undefined],
  ])('tries %s %s again', (code, status) => {
    expect(retryDelay(failure(code, status), 1, policy, 1)).toBe(1);
  });

  test.each<[SpeechErrorCode, number | undefined]>([
    ['invalid-request', 400],
    ['unauthorized', 401],
    ['quota-exceeded', 401],
    ['quota-exceeded', 429],
    ['not-found', 404],
    ['conflict', 409],
    ['invalid-request', 422],
    ['timeout', undefined],
    ['protocol', 302],
  ])('does not try %s %s again', (code, status) => {
    expect(retryDelay(failure(code, status), 1, policy, 1)).toBeUndefined();
  });

  test('doubles the longest wait up to a limit, all of it jitter', () => {
    const many = { ...policy, attempts: 10 };
    expect([1, 2, 3, 4].map((attempt) => retryDelay(failure('server', 500), attempt, many, 1))).toEqual([1, 2, 3, 3]);
    expect(retryDelay(failure('server', 500), 2, many, 0.25)).toBe(0.5);
    expect(retryDelay(failure('server', 500), 2, many, 0)).toBe(0);
  });

  test('ends after the last attempt', () => {
    expect(retryDelay(failure('server', 500), 2, policy, 1)).toBe(2);
    expect(retryDelay(failure('server', 500), 3, policy, 1)).toBeUndefined();
  });

  test('waits as long as the service asks for, unless that is over a minute', () => {
    expect(retryDelay(failure('rate-limited', 429, 0), 1, policy, 1)).toBe(0);
    expect(retryDelay(failure('rate-limited', 429, 60), 1, policy, 1)).toBe(60);
    expect(retryDelay(failure('rate-limited', 429, 60.5), 1, policy, 1)).toBeUndefined();
  });
});

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');

  test.each([
    ['3', 3],
    ['0', 0],
    ['1.5', 1.5],
    ['-4', 0],
    ['Sat, 21 Nov 2026 12:00:09 GMT', 9],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['', undefined],
    ['soon', undefined],
    [null, undefined],
  ])('reads %j as %s', (value, seconds) => {
    expect(parseRetryAfter(value, now)).toBe(seconds);
  });
});
