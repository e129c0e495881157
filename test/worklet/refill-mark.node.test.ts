import { describe, expect, it } from 'vitest';
import { RefillMark } from '../../src/worklet/refill-mark.ts';

describe('RefillMark', () => {
  it('at least doubles with each underrun, up to two seconds', () => {
    const mark = new RefillMark(0.3, 100);
    const marks = Array.from({ length: 5 }, () => {
      mark.underrun();
      return mark.seconds;
    });
    expect(marks).toEqual([0.3, 0.6, 1.2, 2, 2]);
  });

  it('is at least the longest gap between two arrivals', () => {
    const mark = new RefillMark(0.1, 100);
    mark.arrive();
    mark.elapse(50);
    mark.elapse(25);
    mark.arrive();
    mark.elapse(10);
    mark.arrive();
    mark.underrun();
    expect(mark.seconds).toBe(0.75);
    mark.underrun();
    expect(mark.seconds).toBe(1.5);
  });

  it('counts neither the time before the first arrival nor a gap that still lasts', () => {
    const mark = new RefillMark(0.1, 100);
    mark.elapse(100);
    mark.arrive();
    mark.elapse(100);
    mark.underrun();
    expect(mark.seconds).toBe(0.1);
  });

  it('is capped at two seconds whatever the gap, and at a first mark above that', () => {
    const mark = new RefillMark(0.1, 100);
    mark.arrive();
    mark.elapse(6000);
    mark.arrive();
    mark.underrun();
    expect(mark.seconds).toBe(2);
    const high = new RefillMark(3, 100);
    high.underrun();
    high.underrun();
    expect(high.seconds).toBe(3);
  });

  it('takes four seconds without an arrival for a stall, once something has arrived', () => {
    const mark = new RefillMark(0.1, 100);
    mark.elapse(1000);
    expect(mark.isStalled).toBe(false);
    mark.arrive();
    mark.elapse(390);
    expect(mark.isStalled).toBe(false);
    mark.elapse(10);
    expect(mark.isStalled).toBe(true);
    mark.arrive();
    expect(mark.isStalled).toBe(false);
  });
});
