import type { Admission, SpeechLimits, Verdict } from '../../../src/edge/limits/speech-limits.ts';

interface Taking {
  readonly at: number;
  readonly seconds: number;
  characters: number;
}

interface Entry {
  readonly admission: Admission;
  readonly end: number;
  readonly takings: Taking[];
  isSettled: boolean;
}

const admitted: Verdict = { admitted: true };

/** The limits of one subject, decided anew at each call from all that ever happened; nothing is summed up or forgotten. */
export function limitsFromHistory(now: () => number): SpeechLimits {
  const used = new Set<string>();
  const entries: Entry[] = [];

  const isOpen = ({ end, isSettled }: Entry): boolean => !isSettled && end > now();
  const openEntry = (lease: string): Entry | undefined =>
    entries.find((entry) => entry.admission.lease === lease && isOpen(entry));
  const spent = (seconds: number): number =>
    entries
      .flatMap(({ takings }) => takings)
      .filter((taking) => taking.seconds === seconds && windowOf(taking.at, seconds) === windowOf(now(), seconds))
      .reduce((sum, { characters }) => sum + characters, 0);
  const budgetRefusal = (budget: Admission['budget'], characters: number): Verdict | undefined => {
    if (!budget || spent(budget.seconds) + characters <= budget.characters) return undefined;
    const seconds = (windowOf(now(), budget.seconds) + 1) * budget.seconds - now() / 1000;
    const retryAfter = characters > budget.characters ? {} : { retryAfter: Number(seconds.toFixed(3)) };
    return { admitted: false, reason: 'budget', ...retryAfter };
  };

  return {
    async admit(admission) {
      const { lease, leaseSeconds, characters, budget, concurrency, singleUse } = admission;
      if (openEntry(lease)) throw new TypeError('A lease of that id is open.');
      if (singleUse && (used.has(singleUse.id) || singleUse.expiresAt + 60_000 <= now())) {
        return { admitted: false, reason: 'used' };
      }
      const refusal = budgetRefusal(budget, characters);
      if (refusal) return refusal;
      const ends = entries.filter(isOpen).map(({ end }) => end);
      if (concurrency !== undefined && ends.length >= concurrency) {
        const retryAfter = concurrency === 0 ? {} : { retryAfter: Math.min(5, (Math.min(...ends) - now()) / 1000) };
        return { admitted: false, reason: 'concurrency', ...retryAfter };
      }
      if (singleUse) used.add(singleUse.id);
      const takings = budget ? [{ at: now(), seconds: budget.seconds, characters }] : [];
      entries.push({ admission, end: now() + leaseSeconds * 1000, takings, isSettled: false });
      return admitted;
    },

    async reserve(_subject, lease, characters) {
      const entry = openEntry(lease);
      if (!entry) return { admitted: false, reason: 'concurrency' };
      const { budget } = entry.admission;
      if (!budget) return admitted;
      const refusal = budgetRefusal(budget, characters);
      if (refusal) return refusal;
      entry.takings.push({ at: now(), seconds: budget.seconds, characters });
      return admitted;
    },

    async settle(_subject, lease, spentCharacters) {
      const entry = openEntry(lease);
      if (!entry) return;
      entry.isSettled = true;
      let unspent = entry.takings.reduce((sum, { characters }) => sum + characters, 0) - spentCharacters;
      for (const taking of entry.takings.toReversed()) {
        const back = Math.max(0, Math.min(unspent, taking.characters));
        taking.characters -= back;
        unspent -= back;
      }
    },
  };
}

function windowOf(at: number, seconds: number): number {
  return Math.floor(at / 1000 / seconds);
}
