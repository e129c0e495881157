import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { QuietTimer } from '../../src/core/quiet-timer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function newTimer() {
  const callback = vi.fn<() => void>();
  return { timer: new QuietTimer(callback), callback };
}

test('counts from the first time that something happens', () => {
  const { timer, callback } = newTimer();
  vi.advanceTimersByTime(5000);
  expect(callback).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
  timer.restart(2);
  vi.advanceTimersByTime(1999);
  expect(callback).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(callback).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

test('counts anew whenever something happens, with one timer', () => {
  const { timer, callback } = newTimer();
  for (let count = 0; count < 10; count += 1) {
    timer.restart(2);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1999);
  }
  expect(callback).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(callback).toHaveBeenCalledOnce();
});

test('calls once for each silence', () => {
  const { timer, callback } = newTimer();
  timer.restart(2);
  vi.advanceTimersByTime(10_000);
  timer.restart(2);
  vi.advanceTimersByTime(10_000);
  expect(callback).toHaveBeenCalledTimes(2);
});

test('leaves nothing behind when it is stopped, and can begin again', () => {
  const { timer, callback } = newTimer();
  timer.stop();
  timer.restart(2);
  timer.stop();
  timer.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(10_000);
  expect(callback).not.toHaveBeenCalled();
  timer.restart(2);
  vi.advanceTimersByTime(2000);
  expect(callback).toHaveBeenCalledOnce();
});

test('never calls where it is to wait for ever', () => {
  const { timer, callback } = newTimer();
  timer.restart(Infinity);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(1e9);
  expect(callback).not.toHaveBeenCalled();
});
