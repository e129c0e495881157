import { applyLimitCall } from './apply-limit-call.ts';
import { parseLimitCall, type LimitCall } from './limit-call.ts';
import type { LimitRecords } from './limit-records.ts';
import { createMapRecords } from './map-records.ts';
import type { SpeechLimits, Verdict } from './speech-limits.ts';

/**
 * Limits for tests. They are counted in the memory of one process and forgotten with it: where several processes or isolates
 * answer, as on every edge, each of them would admit the whole of a budget and every single-use token once more.
 *
 * @param now The clock, in milliseconds since 1970.
 */
export function memoryLimitsForTests(now: () => number = Date.now): SpeechLimits {
  const subjects = new Map<string, LimitRecords>();
  const apply = (subject: string, call: LimitCall): Verdict | undefined => {
    const records = subjects.get(subject) ?? createMapRecords();
    subjects.set(subject, records);
    return applyLimitCall(records, parseLimitCall(call), now());
  };
  const verdictOf = async (subject: string, call: LimitCall): Promise<Verdict> => {
    const verdict = apply(subject, call);
    if (!verdict) throw new Error('This call has no verdict.');
    return verdict;
  };
  return {
    admit: ({ subject, ...admission }) => verdictOf(subject, { kind: 'admit', ...admission }),
    reserve: (subject, lease, characters) => verdictOf(subject, { kind: 'reserve', lease, characters }),
    async settle(subject, lease, spent) {
      apply(subject, { kind: 'settle', lease, spent });
    },
  };
}
