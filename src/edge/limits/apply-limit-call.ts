import type { LimitCall } from './limit-call.ts';
import type { BudgetWindow, Lease, LimitRecords } from './limit-records.ts';
import type { Verdict } from './speech-limits.ts';

type Call<Kind extends LimitCall['kind']> = Extract<LimitCall, { readonly kind: Kind }>;

/**
 * Milliseconds that used ids and windows are kept beyond their end, and that a token is accepted beyond its own: a gateway's
 * clock may be behind, and one that allows for that takes a token which has just ended.
 */
const grace = 60_000;
/** Milliseconds between two purges, each of which looks at all that is kept. */
const purgeInterval = 60_000;
/** Seconds after which a place is worth asking for again: a lease is mostly settled long before it ends. */
const placeRetryAfter = 5;

/**
 * The answer to a call, with what follows from it written to `records`; `undefined` for `settle`. Refused calls write nothing.
 *
 * @param now Milliseconds since 1970.
 */
export function applyLimitCall(records: LimitRecords, call: LimitCall, now: number): Verdict | undefined {
  if (call.kind === 'admit') return admit(records, call, now);
  if (call.kind === 'reserve') return reserve(records, call, now);
  settle(records, call, now);
  return undefined;
}

function admit(records: LimitRecords, call: Call<'admit'>, now: number): Verdict {
  const { budget, characters, concurrency, lease: id, singleUse } = call;
  if (now - records.lastPurge() >= purgeInterval) records.purge(now);
  if (records.lease(id, now)) throw new TypeError('A lease of that id is open: each admission needs an id of its own.');

  // Of a token whose id may have been forgotten nobody knows whether it was used.
  const keptUntil = singleUse && Math.ceil(singleUse.expiresAt) + grace;
  if (singleUse && keptUntil !== undefined && (keptUntil <= now || records.isUsed(singleUse.id, now))) {
    return { admitted: false, reason: 'used' };
  }
  const window = budget && windowAt(now, budget.seconds);
  if (budget && window) {
    const refusal = overBudget(records, budget.characters, window, characters, now);
    if (refusal) return refusal;
  }
  if (concurrency !== undefined) {
    const { count, firstEnd } = records.leases(now, concurrency);
    if (count >= concurrency) return noPlace(concurrency > 0 ? (firstEnd - now) / 1000 : undefined);
  }

  if (singleUse && keptUntil !== undefined) records.use(singleUse.id, keptUntil);
  if (window) records.take(window, characters, window.end + grace);
  const end = Math.ceil(now + call.leaseSeconds * 1000);
  records.putLease({ id, end, budget, window, taken: window ? characters : 0, takenBefore: 0 });
  return { admitted: true };
}

function reserve(records: LimitRecords, { lease: id, characters }: Call<'reserve'>, now: number): Verdict {
  const lease = records.lease(id, now);
  if (!lease) return noPlace(undefined);
  if (!lease.budget) return { admitted: true };
  const window = windowAt(now, lease.budget.seconds);
  const refusal = overBudget(records, lease.budget.characters, window, characters, now);
  if (refusal) return refusal;
  records.take(window, characters, window.end + grace);
  records.putLease(
    window.start === lease.window?.start
      ? { ...lease, taken: lease.taken + characters }
      : { ...lease, window, taken: characters, takenBefore: lease.takenBefore + lease.taken },
  );
  return { admitted: true };
}

function settle(records: LimitRecords, { lease: id, spent }: Call<'settle'>, now: number): void {
  const lease = records.endLease(id, now);
  if (!lease) return;
  const { window } = lease;
  const unspent = unspentInWindow(lease, spent);
  if (window && window.end > now && unspent > 0) records.giveBack(window, unspent);
}

/** The characters that go back: what was taken last was spoken last, and windows that are over get nothing back. */
function unspentInWindow({ taken, takenBefore }: Lease, spent: number): number {
  return Math.max(0, Math.min(taken, takenBefore + taken - spent));
}

function overBudget(
  records: LimitRecords,
  budget: number,
  window: BudgetWindow,
  characters: number,
  now: number,
): Verdict | undefined {
  if (records.spent(window) + characters <= budget) return undefined;
  // More than a whole budget fits into no window.
  const retryAfter = characters > budget ? undefined : (window.end - now) / 1000;
  return { admitted: false, reason: 'budget', retryAfter };
}

function noPlace(retryAfter: number | undefined): Verdict {
  return {
    admitted: false,
    reason: 'concurrency',
    retryAfter: retryAfter && Math.min(retryAfter, placeRetryAfter),
  };
}

function windowAt(now: number, seconds: number): BudgetWindow {
  const length = seconds * 1000;
  const index = Math.floor(now / length);
  return { start: index * length, end: (index + 1) * length };
}
