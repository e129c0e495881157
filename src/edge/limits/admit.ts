import type { VerifiedCall } from '../gateway-call.ts';
import { Refusal } from '../refusal.ts';
import { limitsUnavailable } from './limits-unavailable.ts';
import { refusalOfVerdict } from './refusal-of-verdict.ts';
import type { SpeechLimits, Verdict } from './speech-limits.ts';

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
/** Where nothing is counted. */
const nothingCounted: Lease = { reserve: undefined, settle: () => Promise.resolve() };

/**
 * Takes what a request needs from the limits. The runtime is kept at work until it is settled, even if it lets go of the
 * request since the caller has left.
 *
 * @throws Refusal when it may not be
 */
export async function admit(call: VerifiedCall, characters: number): Promise<Lease> {
  const { settings, token, grants, waitUntil } = call;
  const { characterBudget, concurrency, sessionSeconds = longestLease } = grants;
  if (!token.isSingleUse && characterBudget === undefined && concurrency === undefined) return nothingCounted;
  const { limits, budgetSeconds, service } = settings;
  if (!limits) throw new Refusal('misconfigured', 'This token is to be counted, and the gateway has no limits.');
  const { subject } = token;
  const lease = crypto.randomUUID();
  const budget = characterBudget === undefined ? undefined : { characters: characterBudget, seconds: budgetSeconds };
  const verdict = await verdictOf(limits, call, {
    subject,
    lease,
    leaseSeconds: sessionSeconds + service.timeout + leaseMargin,
    characters,
    budget,
    concurrency,
    singleUse: token.isSingleUse ? { id: token.id, expiresAt: token.expiresAt } : undefined,
  });
  if (!verdict.admitted) throw refusalOfVerdict(verdict);

  let end!: () => void;
  waitUntil(new Promise<void>((resolve) => (end = resolve)));
  return {
    reserve:
      budget &&
      (async (more) => {
        try {
          return await limits.reserve(subject, lease, more);
        } catch (cause) {
          throw limitsUnavailable(cause);
        }
      }),
    settle: async (spent) => {
      await limits.settle(subject, lease, spent).catch(() => {});
      end();
    },
  };
}

async function verdictOf(
  limits: SpeechLimits,
  { waitUntil }: VerifiedCall,
  admission: Parameters<SpeechLimits['admit']>[0],
): Promise<Verdict> {
  try {
    return await limits.admit(admission);
  } catch (cause) {
    // It may have been counted, and only the answer was lost.
    waitUntil(limits.settle(admission.subject, admission.lease, 0).catch(() => {}));
    throw limitsUnavailable(cause);
  }
}
