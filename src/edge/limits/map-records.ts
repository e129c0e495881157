import type { BudgetWindow, Lease, LimitRecords } from './limit-records.ts';

interface Spending {
  readonly characters: number;
  readonly keptUntil: number;
}

/** Records that live in this process and end with it. */
export function createMapRecords(): LimitRecords {
  const used = new Map<string, number>();
  const leases = new Map<string, Lease>();
  const spendings = new Map<string, Spending>();
  let lastPurge = -Infinity;
  const openLease = (id: string, now: number): Lease | undefined => {
    const lease = leases.get(id);
    return lease && lease.end > now ? lease : undefined;
  };
  return {
    isUsed: (id, now) => (used.get(id) ?? now) > now,
    use: (id, keptUntil) => void used.set(id, keptUntil),
    lease: openLease,
    putLease: (lease) => void leases.set(lease.id, lease),
    endLease(id, now) {
      const lease = openLease(id, now);
      if (lease) leases.delete(id);
      return lease;
    },
    leases(now, most) {
      const ends = [...leases.values()].map(({ end }) => end).filter((end) => end > now);
      return { count: Math.min(ends.length, most), firstEnd: Math.min(...ends) };
    },
    spent: (window) => spendings.get(nameOf(window))?.characters ?? 0,
    take(window, characters, keptUntil) {
      const spent = spendings.get(nameOf(window))?.characters ?? 0;
      spendings.set(nameOf(window), { characters: spent + characters, keptUntil });
    },
    giveBack(window, characters) {
      const spending = spendings.get(nameOf(window));
      if (spending) spendings.set(nameOf(window), { ...spending, characters: spending.characters - characters });
    },
    purge(now) {
      lastPurge = now;
      deleteWhere(used, (keptUntil) => keptUntil <= now);
      deleteWhere(leases, ({ end }) => end <= now);
      deleteWhere(spendings, ({ keptUntil }) => keptUntil <= now);
    },
    lastPurge: () => lastPurge,
    lastEnd() {
      const ends = [
        ...used.values(),
        ...[...leases.values()].map(({ end }) => end),
        ...[...spendings.values()].map(({ keptUntil }) => keptUntil),
      ];
      return ends.length > 0 ? Math.max(...ends) : undefined;
    },
  };
}

function nameOf({ start, end }: BudgetWindow): string {
  return `${start} ${end}`;
}

function deleteWhere<Value>(map: Map<string, Value>, isOver: (value: Value) => boolean): void {
  for (const [key, value] of map) if (isOver(value)) map.delete(key);
}
