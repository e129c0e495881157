import { expect, test } from 'vitest';
import { applyLimitCall } from '../../../src/edge/limits/apply-limit-call.ts';
import { createMapRecords } from '../../../src/edge/limits/map-records.ts';
import { start } from './speech-limits-suite.ts';

test('what is over is forgotten by admissions, once a minute at most', () => {
  const records = createMapRecords();
  const seconds = [0, 1, 59.999, 60, 119.999, 120, 3600];
  const purges = seconds.map((second) => {
    const now = start + second * 1000;
    applyLimitCall(records, { kind: 'admit', lease: `lease ${second}`, leaseSeconds: 1, characters: 0 }, now);
    return (records.lastPurge() - start) / 1000;
  });
  expect(purges).toEqual([0, 0, 0, 60, 60, 120, 3600]);
  expect(records.lease('lease 3600', 0)).toBeDefined();
  for (const second of seconds.slice(0, -1)) expect(records.lease(`lease ${second}`, 0)).toBeUndefined();
});
