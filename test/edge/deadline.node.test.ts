import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Deadline } from '../../src/edge/deadline.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test('a limit is met at its time, once', () => {
  const met: string[] = [];
  new Deadline().set(2, () => met.push('two'));
  vi.advanceTimersByTime(1999);
  expect(met).toEqual([]);
  vi.advanceTimersByTime(10_000);
  expect(met).toEqual(['two']);
});

test('a later limit takes the place of an earlier one, with the same timer', () => {
  const met: string[] = [];
  const deadline = new Deadline();
  deadline.set(2, () => met.push('two'));
  deadline.set(30, () => met.push('thirty'));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(29_999);
  expect(met).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(met).toEqual(['thirty']);
});

test('an earlier limit takes the place of a later one', () => {
  const met: string[] = [];
  const deadline = new Deadline();
  deadline.set(30, () => met.push('thirty'));
  deadline.set(2, () => met.push('two'));
  vi.advanceTimersByTime(60_000);
  expect(met).toEqual(['two']);
});

test('without a limit, and beyond what a timer can hold, nothing is met too early', () => {
  const met: string[] = [];
  const deadline = new Deadline();
  deadline.set(1, () => met.push('one'));
  deadline.set(Infinity, () => met.push('never'));
  vi.advanceTimersByTime(100_000);
  deadline.set(40 * 86_400, () => met.push('forty days'));
  vi.advanceTimersByTime(39 * 86_400_000);
  expect(met).toEqual([]);
  vi.advanceTimersByTime(86_400_000);
  expect(met).toEqual(['forty days']);
});

test('what is cleared leaves no timer behind, and may be set again', () => {
  const met: string[] = [];
  const deadline = new Deadline();
  deadline.set(1, () => met.push('one'));
  deadline.clear();
  expect(vi.getTimerCount()).toBe(0);
  deadline.set(2, () => met.push('two'));
  vi.advanceTimersByTime(2000);
  expect(met).toEqual(['two']);
  expect(vi.getTimerCount()).toBe(0);
});
