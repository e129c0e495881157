import { expect, test } from 'vitest';
import { memoryLimitsForTests } from '../../../src/edge/limits/memory-limits-for-tests.ts';
import { describeLimits } from './speech-limits-suite.ts';
import { limitsFromHistory } from './limits-from-history.ts';
import { objectLimits } from './object-limits.ts';
import { playLimitCalls } from './random-limit-calls.ts';

describeLimits('in a Durable Object', objectLimits);

test(
  'random calls get the same verdicts from an object, from memory, and from all that happened',
  { timeout: 60_000 },
  async () => {
    for (let seed = 1; seed <= 6; seed += 1) {
      const verdicts = await playLimitCalls(seed, objectLimits);
      expect(verdicts, `seed ${seed}`).toEqual(await playLimitCalls(seed, memoryLimitsForTests));
      expect(verdicts, `seed ${seed}`).toEqual(await playLimitCalls(seed, limitsFromHistory));
    }
  },
);
