import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IdleTimer } from '../../../src/edge/sockets/idle-timer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an idle timer calls back once, so long after the last thing that happened', () => {
  let calls = 0;
  const timer = new IdleTimer(10, () => (calls += 1));
  vi.advanceTimersByTime(9000);
  timer.touch();
  vi.advanceTimersByTime(9990);
  expect(calls).toBe(0);
  timer.touch();
  vi.advanceTimersByTime(9990);
  expect(calls).toBe(0);
  vi.advanceTimersByTime(20);
  expect(calls).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(calls).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('an idle timer that is stopped, or has no end, does not call back', () => {
  let calls = 0;
  const count = (): void => void (calls += 1);
  const stopped = new IdleTimer(10, count);
  const renewed = new IdleTimer(10, count);
  new IdleTimer(Infinity, count).touch();
  vi.advanceTimersByTime(5000);
  renewed.touch();
  vi.advanceTimersByTime(4000);
  stopped.stop();
  vi.advanceTimersByTime(3000);
  renewed.stop();
  vi.advanceTimersByTime(60_000);
  expect(calls).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
