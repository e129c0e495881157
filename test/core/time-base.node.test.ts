import { describe, expect, test, vi } from 'vitest';
import { TimeBases, type TimeBase, type TimeEvidence } from '../../src/core/time-base.ts';

const ignore = (): void => {};

/** A message of 0.3 s that starts at `first`, after timing that ended at `previous`. */
const after = (previous: number, first: number, untimed?: number): TimeEvidence => ({
  first,
  last: first + 0.3,
  previous,
  untimed,
});

describe('case 22: the base of a connection', () => {
  test.each<[string, TimeEvidence, TimeBase | undefined, TimeBase]>([
    ['is not told by the first message', after(0, 0), undefined, 'chunk'],
    ['is not told by a first message that starts late', after(0, 0.2), undefined, 'chunk'],
    ['is the chunk, when a message starts before the one before it ended', after(1.2, 0), 'chunk', 'chunk'],
    ['is the chunk, when that is so in spite of a pause', after(1.2, 0.3), 'chunk', 'chunk'],
    ['is the speech, when a message starts where the one before it ended', after(1.2, 1.2), 'speech', 'speech'],
    ['is the speech, in spite of a short overlap', after(1.2, 1.16), 'speech', 'speech'],
    ['is the speech, in spite of a gap', after(1.2, 1.5), 'speech', 'speech'],
    ['is the speech, when what was not timed lies in between', after(1.2, 2.1, 2), 'speech', 'speech'],
    ['is likely the speech, when more than that lies in between', after(1.2, 3), undefined, 'speech'],
    ['is likely the chunk, when little was said and a message starts at 0', after(0.04, 0), undefined, 'chunk'],
    ['is likely the speech, when little was said and a message goes on', after(0.04, 0.04), undefined, 'speech'],
    ['is likely the one that fits better', after(0.04, 0.03), undefined, 'speech'],
    ['is likely the one that fits better, too', after(0.04, 0.01), undefined, 'chunk'],
    ['is not told, when nothing was said that took time', after(0.001, 0), undefined, 'chunk'],
    ['is the speech, when the first timing starts behind the untimed audio', after(0, 1.02, 1), 'speech', 'speech'],
    ['is the speech, when that audio came early', after(0, 0.8, 1), 'speech', 'speech'],
    ['is likely the chunk, when it starts at 0 behind untimed audio', after(0, 0, 1), undefined, 'chunk'],
  ])('%s', (_, evidence, settled, base) => {
    const bases = new TimeBases();
    expect(bases.judge('alignment', evidence, ignore)).toBe(base);
    expect(bases.baseOf('alignment')).toBe(settled);
  });

  test('is known for each field by itself', () => {
    const bases = new TimeBases();
    bases.judge('alignment', after(1, 1), ignore);
    bases.judge('normalizedAlignment', after(1, 0), ignore);
    expect(bases.baseOf('alignment')).toBe('speech');
    expect(bases.baseOf('normalizedAlignment')).toBe('chunk');
  });

  test('is the one that the caller knows, whatever comes', () => {
    const warn = vi.fn();
    for (const base of ['chunk', 'speech'] as const) {
      const bases = new TimeBases(base);
      for (const evidence of [after(1, 0), after(1, 1), after(0, 1, 1)]) {
        expect(bases.judge('alignment', evidence, warn)).toBe(base);
      }
      expect(bases.baseOf('normalizedAlignment')).toBe(base);
    }
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('a base that is settled', () => {
  test.each<[TimeBase, TimeEvidence]>([
    ['chunk', after(1, 1)],
    ['chunk', after(1, 2, 2.02)],
    ['speech', after(1, 0)],
    ['speech', after(1, 0.9)],
  ])('is not changed by a message that is against it: %s, %o', (base, evidence) => {
    const bases = new TimeBases();
    const warn = vi.fn();
    bases.judge('alignment', base === 'chunk' ? after(1, 0) : after(1, 1), warn);
    expect(warn).not.toHaveBeenCalled();
    expect(bases.judge('alignment', evidence, warn)).not.toBe(base);
    expect(warn).toHaveBeenCalledOnce();
    expect(bases.baseOf('alignment')).toBe(base);
  });

  test.each<[TimeBase, TimeEvidence]>([
    ['chunk', after(0.03, 0.03)],
    ['chunk', after(1, 0.4)],
    ['chunk', after(0, 0, 1)],
    ['speech', after(0, 0, 1)],
    ['speech', after(1, 0.96)],
    ['speech', after(1, 5)],
  ])('reads what is not against it: %s, %o', (base, evidence) => {
    const bases = new TimeBases();
    const warn = vi.fn();
    bases.judge('alignment', base === 'chunk' ? after(1, 0) : after(1, 1), warn);
    expect(bases.judge('alignment', evidence, warn)).toBe(base);
    expect(warn).not.toHaveBeenCalled();
  });
});
