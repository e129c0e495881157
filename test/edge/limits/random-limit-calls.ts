import type { SpeechLimits, Verdict } from '../../../src/edge/limits/speech-limits.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { start } from './speech-limits-suite.ts';

const calls = 80;

interface Answer {
  readonly call: 'admit' | 'reserve';
  /** What was asked again after a pause of more than a minute. */
  readonly isLate: boolean;
  readonly verdict: Verdict | 'rejected';
}

/**
 * The verdicts on the random calls that belong to `seed`: they come at odd times, out of order, twice and too late, and ids
 * of leases come again.
 */
export async function playLimitCalls(seed: number, create: (now: () => number) => SpeechLimits): Promise<Answer[]> {
  const { next, between } = seededRandom(seed);
  let now = start + between(0, 59_999);
  const limits = create(() => now);
  const subject = crypto.randomUUID();
  const answers: Answer[] = [];
  const leases = ['never admitted'];
  const stepTo = (step: number): number => {
    if (step < 0.05) return now + 30_000 - (now % 30_000);
    return now + (step < 0.1 ? between(60_000, 150_000) : between(0, 2_500));
  };
  const maybe = <T>(share: number, value: T): T | undefined => (next() < share ? value : undefined);
  const someLease = (): string => leases[between(Math.max(0, leases.length - 5), leases.length - 1)]!;

  for (let index = 0; index < calls; index += 1) {
    const before = now;
    now = stepTo(next());
    const isLate = now - before > 60_000;
    const kind = between(0, 9);
    if (kind < 4) {
      const token = between(0, 60);
      const lease = maybe(0.2, someLease()) ?? `lease ${index}`;
      const admission = limits.admit({
        subject,
        lease,
        leaseSeconds: between(1, 20),
        characters: between(0, 30),
        budget: maybe(0.8, { characters: between(40, 90), seconds: between(1, 2) * 30 }),
        concurrency: maybe(0.5, between(0, 5)),
        singleUse: maybe(0.4, { id: `token ${token}`, expiresAt: start + token * 10_000 }),
      });
      const verdict = await admission.catch(() => 'rejected' as const);
      if (verdict !== 'rejected' && verdict.admitted) leases.push(lease);
      answers.push({ call: 'admit', isLate, verdict });
    } else if (kind < 7) {
      answers.push({ call: 'reserve', isLate, verdict: await limits.reserve(subject, someLease(), between(0, 40)) });
    } else {
      await limits.settle(subject, someLease(), between(0, 40));
    }
  }
  return answers;
}
