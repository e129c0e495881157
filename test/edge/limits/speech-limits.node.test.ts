import { expect, test } from 'vitest';
import { memoryLimitsForTests } from '../../../src/edge/limits/memory-limits-for-tests.ts';
import { describeLimits } from './speech-limits-suite.ts';
import { limitsFromHistory } from './limits-from-history.ts';
import { playLimitCalls } from './random-limit-calls.ts';

describeLimits('in memory', memoryLimitsForTests);

test('random calls get the verdicts that follow from all that happened', async () => {
  const outcomes = new Map<string, number>();
  for (let seed = 1; seed <= 300; seed += 1) {
    const verdicts = await playLimitCalls(seed, memoryLimitsForTests);
    expect(verdicts, `seed ${seed}`).toEqual(await playLimitCalls(seed, limitsFromHistory));
    for (const { call, isLate, verdict } of verdicts) {
      const result = verdict === 'rejected' ? verdict : verdict.admitted ? 'admitted' : verdict.reason;
      for (const outcome of [`${call} ${result}`, `${call} ${isLate ? 'late' : 'soon'}`]) {
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
  }
  const admissions = ['admit admitted', 'admit used', 'admit budget', 'admit concurrency', 'admit rejected'];
  const reserves = ['reserve admitted', 'reserve budget', 'reserve concurrency'];
  for (const outcome of [...admissions, ...reserves, 'admit soon', 'admit late', 'reserve soon', 'reserve late']) {
    expect(outcomes.get(outcome), outcome).toBeGreaterThan(100);
  }
});
