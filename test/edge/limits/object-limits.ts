import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { LimitCall } from '../../../src/edge/limits/limit-call.ts';
import { parseLimitCall } from '../../../src/edge/limits/limit-call.ts';
import type { SpeechLimits, Verdict } from '../../../src/edge/limits/speech-limits.ts';

/** The object that is called `name`. */
export function objectOf(name: string): TestObject {
  return env.SPEECH_LIMITS.get(env.SPEECH_LIMITS.idFromName(name));
}

/** The limits of real objects, asked from the inside, where the time can be told to them. */
export function objectLimits(now: () => number): SpeechLimits {
  const apply = async (subject: string, call: LimitCall): Promise<Verdict | undefined> => {
    const checked = parseLimitCall(call);
    return runInDurableObject(objectOf(subject), (object) => object.apply(checked, now()));
  };
  const verdictOf = async (subject: string, call: LimitCall): Promise<Verdict> => {
    const verdict = await apply(subject, call);
    if (!verdict) throw new Error('This call has no verdict.');
    return verdict;
  };
  return {
    admit: ({ subject, ...admission }) => verdictOf(subject, { kind: 'admit', ...admission }),
    reserve: (subject, lease, characters) => verdictOf(subject, { kind: 'reserve', lease, characters }),
    async settle(subject, lease, spent) {
      await apply(subject, { kind: 'settle', lease, spent });
    },
  };
}
