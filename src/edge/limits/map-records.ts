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
  return {
    isUsed: (id) => used.has(id),
    use: (id, keptUntil) => void used.set(id, keptUntil),
    lease: (id) => leases.get(id),
    putLease: (lease) => void leases.set(lease.id, lease),
    deleteLease: (id) => void leases.delete(id),
    leases() {
      const ends = [...leases.values()].map(({ end }) => end);
      return { count: ends.length, firstEnd: Math.min(...ends) };
    },
    spent: (window) => spendings.get(nameOf(window))?.characters ?? 0,
    setSpent: (window, characters, keptUntil) => void spendings.set(nameOf(window), { characters, keptUntil }),
    purge(now) {
      deleteWhere(used, (keptUntil) => keptUntil <= now);
      deleteWhere(leases, ({ end }) => end <= now);
      deleteWhere(spendings, ({ keptUntil }) => keptUntil <= now);
    },
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
