import { sha256 } from '../sha256.ts';
import type { LimitCall } from './limit-call.ts';
import type { SpeechLimits, Verdict } from './speech-limits.ts';

/** The part of a Durable Object namespace that {@link durableLimits} uses. */
export interface DurableNamespace {
  idFromName(name: string): unknown;
  get(id: unknown): { fetch(url: string, init: RequestInit): Promise<Response> };
}

/** How long to wait for an object. */
export interface DurableLimitsOptions {
  /** Seconds until a call is given up. Default 5. */
  readonly timeout?: number | undefined;
}

const reasons: readonly unknown[] = ['used', 'budget', 'concurrency'];

/**
 * Limits that are counted in Durable Objects, one for each subject, wherever the gateways run.
 *
 * @param namespace The binding of a class that is `SpeechLimitsObject`. To keep the objects in one jurisdiction, pass
 * `namespace.jurisdiction('eu')`.
 * @throws TypeError where the binding is missing. Its methods reject when the object can't be reached in time or answers something else than a verdict.
 */
export function durableLimits(namespace: DurableNamespace, { timeout = 5 }: DurableLimitsOptions = {}): SpeechLimits {
  if (typeof namespace?.idFromName !== 'function') {
    throw new TypeError('There is no such Durable Object namespace: configure the binding.');
  }
  const send = async (subject: string, call: LimitCall): Promise<Response> => {
    // A name of one length for every subject, which tells nobody who it is.
    const id = namespace.idFromName(await sha256(subject));
    const body = JSON.stringify(call);
    const signal = AbortSignal.timeout(timeout * 1000);
    return namespace.get(id).fetch('https://limits.invalid/', { method: 'POST', body, signal });
  };
  return {
    admit: async ({ subject, ...admission }) => readVerdict(await send(subject, { kind: 'admit', ...admission })),
    reserve: async (subject, lease, characters) =>
      readVerdict(await send(subject, { kind: 'reserve', lease, characters })),
    async settle(subject, lease, spent) {
      const { status } = await send(subject, { kind: 'settle', lease, spent });
      if (status !== 204) throw new Error(`The object that counts answered ${status}.`);
    },
  };
}

async function readVerdict(response: Response): Promise<Verdict> {
  if (response.status !== 200) throw new Error(`The object that counts answered ${response.status}.`);
  const verdict: unknown = await response.json();
  if (!isVerdict(verdict)) throw new Error('The object that counts gave no verdict.');
  return verdict;
}

function isVerdict(value: unknown): value is Verdict {
  if (typeof value !== 'object' || value === null) return false;
  const { admitted, reason, retryAfter } = value as Record<string, unknown>;
  if (admitted === true) return true;
  return admitted === false && reasons.includes(reason) && (retryAfter === undefined || typeof retryAfter === 'number');
}
