import type { AdmittedCall } from '../gateway-call.ts';
import { Refusal } from '../refusal.ts';
import type { Verdict } from './speech-limits.ts';

/** What was taken from the limits for one request. */
export interface Lease {
  /** Takes more characters from the budget; absent where there is none. */
  readonly reserve: ((characters: number) => Promise<Verdict>) | undefined;
  /** Gives back what was not spent, and the place. Never rejects: a lease that can't be settled ends by itself, as spent. */
  settle(spent: number): Promise<void>;
}

/** Seconds that a lease may last where nothing limits the request: a day. */
const longestLease = 86_400;
/** Seconds for what comes before and behind the reply. */
const leaseMargin = 60;

const refusals = {
  used: ['token_used', 'This token was used before: ask for a new one.'],
  budget: ['quota_exceeded', 'The budget of characters is spent.'],
  concurrency: ['rate_limited', 'Too many requests at once: wait for one to end.'],
} as const;

/** What a refused verdict tells the page. */
function refusalOfVerdict({ reason, retryAfter }: Exclude<Verdict, { admitted: true }>): Refusal {
  const [code, message] = refusals[reason];
  return new Refusal(code, message, { retryAfter });
}

/**
 * Takes what a request needs from the limits; `undefined` when nothing of it is counted.
 *
 * @throws Refusal when it may not be
 */
export async function admit({ settings, token, grants }: AdmittedCall, characters: number): Promise<Lease | undefined> {
  const { characterBudget, concurrency, sessionSeconds = longestLease } = grants;
  if (!token.isSingleUse && characterBudget === undefined && concurrency === undefined) return undefined;
  const { limits, budgetSeconds, service } = settings;
  if (!limits) throw new Refusal('misconfigured', 'This token is to be counted, and the gateway has no limits.');
  const { subject } = token;
  const lease = crypto.randomUUID();
  const budget = characterBudget === undefined ? undefined : { characters: characterBudget, seconds: budgetSeconds };
  const admission = {
    subject,
    lease,
    leaseSeconds: sessionSeconds + service.timeout + leaseMargin,
    characters,
    budget,
    concurrency,
    singleUse: token.isSingleUse ? { id: token.id, expiresAt: token.expiresAt } : undefined,
  };
  const verdict = await orUnavailable(limits.admit(admission));
  if (!verdict.admitted) throw refusalOfVerdict(verdict);
  return {
    reserve: budget && ((more) => orUnavailable(limits.reserve(subject, lease, more))),
    settle: async (spent) => {
      try {
        await limits.settle(subject, lease, spent);
      } catch {
        // It ends by itself.
      }
    },
  };
}

async function orUnavailable(verdict: Promise<Verdict>): Promise<Verdict> {
  try {
    return await verdict;
  } catch {
    throw new Refusal('limits_unavailable', 'Limits can’t be counted now: try again.', { retryAfter: 1 });
  }
}
