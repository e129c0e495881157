import { describe, expect, test } from 'vitest';
import type { Admission, SpeechLimits, Verdict } from '../../../src/edge/limits/speech-limits.ts';
import { rejection } from '../../support/rejection.ts';

/** The beginning of a window of any whole number of seconds up to an hour; far enough ahead that no alarm comes. */
export const start = 1_200_000 * 3_600_000;

const admitted: Verdict = { admitted: true };
const minute = { characters: 100, seconds: 60 };

/** Limits with a clock that the test sets. */
interface Setting {
  readonly admit: (admission: Partial<Admission>) => Promise<Verdict>;
  readonly reserve: (lease: string, characters: number) => Promise<Verdict>;
  readonly settle: (lease: string, spent: number) => Promise<void>;
  /** Seconds after `start`. */
  readonly at: (seconds: number) => void;
}

function refused(reason: 'used' | 'budget' | 'concurrency', retryAfter?: number): Verdict {
  return { admitted: false, reason, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

/** What every engine does alike; `create` gives one that reads the time from `now`. */
export function describeLimits(name: string, create: (now: () => number) => SpeechLimits): void {
  const set = (): Setting => {
    let now = start;
    let leases = 0;
    const limits = create(() => now);
    const subject = crypto.randomUUID();
    return {
      admit: (admission) =>
        limits.admit({ subject, lease: `lease ${(leases += 1)}`, leaseSeconds: 600, characters: 0, ...admission }),
      reserve: (lease, characters) => limits.reserve(subject, lease, characters),
      settle: (lease, spent) => limits.settle(subject, lease, spent),
      at: (seconds) => {
        now = start + seconds * 1000;
      },
    };
  };

  describe(`${name}: single use`, () => {
    test('an id is admitted once, even when its lease was settled and its token has ended', async () => {
      const { admit, settle, at } = set();
      const singleUse = { id: 'once', expiresAt: start + 60_000 };
      expect(await admit({ lease: 'first', singleUse })).toEqual(admitted);
      expect(await admit({ singleUse })).toEqual(refused('used'));
      await settle('first', 0);
      for (const seconds of [1, 59, 60, 61, 119.999, 120, 121, 3600]) {
        at(seconds);
        expect(await admit({ singleUse })).toEqual(refused('used'));
      }
      expect(await admit({ singleUse: { id: 'other', expiresAt: start + 3_660_000 } })).toEqual(admitted);
    });

    test('a token that has just ended for this clock is taken, one that ended more than a minute ago is not', async () => {
      const { admit } = set();
      expect(await admit({ singleUse: { id: 'a', expiresAt: start - 59_999.5 } })).toEqual(admitted);
      expect(await admit({ singleUse: { id: 'a', expiresAt: start - 59_999.5 } })).toEqual(refused('used'));
      expect(await admit({ singleUse: { id: 'b', expiresAt: start - 60_000 } })).toEqual(refused('used'));
    });
  });

  describe(`${name}: what is over`, () => {
    test('counts no more, long before it is forgotten', async () => {
      const { admit, reserve, settle, at } = set();
      const budget = { characters: 100, seconds: 10 };
      const singleUse = { id: 'once', expiresAt: start - 50_000 };
      const renewed = { id: 'once', expiresAt: start + 60_000 };
      await admit({ lease: 'a', leaseSeconds: 10, characters: 100, budget, concurrency: 1, singleUse });
      at(9.999);
      expect(await admit({ singleUse: renewed })).toEqual(refused('used'));
      expect(await admit({ characters: 1, budget })).toMatchObject({ reason: 'budget' });
      expect(await admit({ concurrency: 1 })).toMatchObject({ reason: 'concurrency' });
      await rejection(admit({ lease: 'a' }));

      at(10);
      expect(await reserve('a', 0)).toEqual(refused('concurrency'));
      await settle('a', 0);
      const again = { lease: 'a', leaseSeconds: 10, characters: 60, budget, concurrency: 1, singleUse: renewed };
      expect(await admit(again)).toEqual(admitted);
      expect(await admit({ concurrency: 1 })).toEqual(refused('concurrency', 5));
      expect(await admit({ singleUse: renewed })).toEqual(refused('used'));
      expect(await reserve('a', 41)).toEqual(refused('budget', 10));
      await settle('a', 20);
      expect(await admit({ characters: 80, budget, concurrency: 1 })).toEqual(admitted);
    });
  });

  describe(`${name}: all or nothing`, () => {
    test('an admission that the budget refuses takes neither the token nor a place', async () => {
      const { admit } = set();
      const singleUse = { id: 'once', expiresAt: start + 60_000 };
      const whole = { singleUse, budget: minute, concurrency: 1 };
      expect(await admit({ ...whole, characters: 101 })).toEqual(refused('budget'));
      expect(await admit({ ...whole, characters: 100 })).toEqual(admitted);
    });

    test('an admission that finds no place takes neither the token nor characters', async () => {
      const { admit, settle } = set();
      const whole = { singleUse: { id: 'once', expiresAt: start + 60_000 }, budget: minute, concurrency: 1 };
      expect(await admit({ lease: 'other' })).toEqual(admitted);
      expect(await admit({ ...whole, characters: 100 })).toEqual(refused('concurrency', 5));
      await settle('other', 0);
      expect(await admit({ ...whole, characters: 100 })).toEqual(admitted);
    });

    test('a used token takes neither characters nor a place', async () => {
      const { admit, settle } = set();
      const singleUse = { id: 'once', expiresAt: start + 60_000 };
      await admit({ lease: 'first', singleUse });
      await settle('first', 0);
      expect(await admit({ singleUse, characters: 100, budget: minute, concurrency: 1 })).toEqual(refused('used'));
      expect(await admit({ characters: 100, budget: minute, concurrency: 1 })).toEqual(admitted);
    });

    test('of several reasons the one that lasts longest is told', async () => {
      const { admit } = set();
      const whole = { singleUse: { id: 'once', expiresAt: start + 60_000 }, budget: minute, concurrency: 1 };
      await admit({ ...whole, characters: 100 });
      expect(await admit({ ...whole, characters: 1 })).toEqual(refused('used'));
      expect(await admit({ ...whole, characters: 1, singleUse: undefined })).toEqual(refused('budget', 60));
      expect(await admit({ concurrency: 1 })).toEqual(refused('concurrency', 5));
    });
  });

  describe(`${name}: budgets`, () => {
    test('are spent to the last character, and no further until the window ends', async () => {
      const { admit, at } = set();
      expect(await admit({ characters: 60, budget: minute })).toEqual(admitted);
      at(20);
      expect(await admit({ characters: 41, budget: minute })).toEqual(refused('budget', 40));
      expect(await admit({ characters: 40, budget: minute })).toEqual(admitted);
      expect(await admit({ characters: 0, budget: minute })).toEqual(admitted);
      at(59.999);
      expect(await admit({ characters: 1, budget: minute })).toMatchObject({ reason: 'budget' });
      at(60);
      expect(await admit({ characters: 100, budget: minute })).toEqual(admitted);
    });

    test('are not free again for a clock that goes back a little', async () => {
      const { admit, at } = set();
      await admit({ characters: 100, budget: minute });
      at(60);
      await admit({ characters: 100, budget: minute });
      at(59.9);
      expect(await admit({ characters: 1, budget: minute })).toMatchObject({ reason: 'budget' });
    });

    test('that are too small for a request tell of no time at which it would fit', async () => {
      const { admit, reserve } = set();
      expect(await admit({ characters: 101, budget: minute })).toEqual(refused('budget'));
      await admit({ lease: 'a', budget: minute });
      expect(await reserve('a', 101)).toEqual(refused('budget'));
    });

    test('get back what was not spoken, once', async () => {
      const { admit, settle } = set();
      await admit({ lease: 'a', characters: 80, budget: minute });
      await settle('a', 30);
      await settle('a', 0);
      await settle('never admitted', 0);
      expect(await admit({ characters: 71, budget: minute })).toMatchObject({ reason: 'budget' });
      expect(await admit({ characters: 70, budget: minute })).toEqual(admitted);
    });

    test('get nothing back from a lease that says it spent more than it took', async () => {
      const { admit, settle } = set();
      await admit({ lease: 'a', characters: 80, budget: minute });
      await settle('a', 1000);
      expect(await admit({ characters: 21, budget: minute })).toMatchObject({ reason: 'budget' });
      expect(await admit({ characters: 20, budget: minute })).toEqual(admitted);
    });

    test('count for one subject, and for windows of one length', async () => {
      const limits = create(() => start);
      const ask = (subject: string, seconds: number): Promise<Verdict> => {
        const budget = { characters: 10, seconds };
        return limits.admit({ subject, lease: crypto.randomUUID(), leaseSeconds: 60, characters: 10, budget });
      };
      const [one, other] = [crypto.randomUUID(), crypto.randomUUID()];
      expect(await ask(one, 60)).toEqual(admitted);
      expect(await ask(other, 60)).toEqual(admitted);
      expect(await ask(one, 120)).toEqual(admitted);
      expect(await ask(one, 60)).toEqual(refused('budget', 60));
    });

    test('may differ from one admission to the next', async () => {
      const { admit } = set();
      await admit({ characters: 100, budget: minute });
      expect(await admit({ characters: 0, budget: { characters: 50, seconds: 60 } })).toEqual(refused('budget', 60));
      expect(await admit({ characters: 50, budget: { characters: 150, seconds: 60 } })).toEqual(admitted);
    });
  });

  describe(`${name}: reserving more`, () => {
    test('takes from the budget of the admission, all or nothing, and is given back with it', async () => {
      const { admit, reserve, settle } = set();
      await admit({ lease: 'a', characters: 10, budget: minute });
      expect(await reserve('a', 60)).toEqual(admitted);
      expect(await reserve('a', 31)).toEqual(refused('budget', 60));
      expect(await reserve('a', 30)).toEqual(admitted);
      await settle('a', 15);
      expect(await admit({ characters: 86, budget: minute })).toMatchObject({ reason: 'budget' });
      expect(await admit({ characters: 85, budget: minute })).toEqual(admitted);
    });

    test('counts in the window in which it happens, and only what was taken there goes back', async () => {
      const { admit, reserve, settle, at } = set();
      await admit({ lease: 'a', characters: 100, budget: minute });
      at(60);
      expect(await reserve('a', 70)).toEqual(admitted);
      expect(await reserve('a', 31)).toEqual(refused('budget', 60));
      await settle('a', 20);
      expect(await admit({ characters: 101, budget: { characters: 200, seconds: 60 } })).toEqual(admitted);
      expect(await admit({ characters: 100, budget: { characters: 200, seconds: 60 } })).toMatchObject({
        reason: 'budget',
      });
    });

    test('of what was spoken in two windows the later one counts what was spoken last', async () => {
      const { admit, reserve, settle, at } = set();
      await admit({ lease: 'a', characters: 50, budget: minute });
      at(70);
      await reserve('a', 40);
      await settle('a', 60);
      expect(await admit({ characters: 91, budget: minute })).toEqual(refused('budget', 50));
      expect(await admit({ characters: 90, budget: minute })).toEqual(admitted);
    });

    test('of what was spoken in three windows nothing is counted twice', async () => {
      const { admit, reserve, settle, at } = set();
      await admit({ lease: 'a', characters: 30, budget: minute });
      at(60);
      await reserve('a', 30);
      at(120);
      await reserve('a', 30);
      await settle('a', 70);
      expect(await admit({ characters: 91, budget: minute })).toEqual(refused('budget', 60));
      expect(await admit({ characters: 90, budget: minute })).toEqual(admitted);
    });

    test('is refused for leases that are settled, over or unknown', async () => {
      const { admit, reserve, settle, at } = set();
      await admit({ lease: 'settled', budget: minute });
      await settle('settled', 0);
      await admit({ lease: 'over', budget: minute, leaseSeconds: 10 });
      at(10);
      for (const lease of ['settled', 'over', 'unknown'])
        expect(await reserve(lease, 1)).toEqual(refused('concurrency'));
      expect(await admit({ characters: 100, budget: minute })).toEqual(admitted);
    });

    test('is not counted where the admission had no budget', async () => {
      const { admit, reserve, settle } = set();
      await admit({ lease: 'a', characters: 1000 });
      expect(await reserve('a', 1000)).toEqual(admitted);
      await settle('a', 0);
      expect(await admit({ characters: 100, budget: minute })).toEqual(admitted);
      expect(await admit({ characters: 1, budget: minute })).toMatchObject({ reason: 'budget' });
    });
  });

  describe(`${name}: places`, () => {
    test('are as many as allowed, and free when their lease is settled', async () => {
      const { admit, settle } = set();
      expect(await admit({ lease: 'a', concurrency: 2 })).toEqual(admitted);
      expect(await admit({ lease: 'b', concurrency: 2 })).toEqual(admitted);
      expect(await admit({ concurrency: 2 })).toEqual(refused('concurrency', 5));
      await settle('a', 0);
      await settle('a', 0);
      expect(await admit({ concurrency: 2 })).toEqual(admitted);
      expect(await admit({ concurrency: 2 })).toEqual(refused('concurrency', 5));
    });

    test('are free when their lease ends by itself; its characters stay spent, settled late or not', async () => {
      const { admit, settle, at } = set();
      await admit({ lease: 'a', leaseSeconds: 10, characters: 60, budget: minute, concurrency: 1 });
      at(7);
      expect(await admit({ concurrency: 1 })).toEqual(refused('concurrency', 3));
      at(10);
      await settle('a', 0);
      expect(await admit({ lease: 'b', concurrency: 1 })).toEqual(admitted);
      await settle('a', 0);
      expect(await admit({ concurrency: 1 })).toEqual(refused('concurrency', 5));
      expect(await admit({ characters: 41, budget: minute })).toMatchObject({ reason: 'budget' });
    });

    test('may be any number, and other leases take them too', async () => {
      const { admit } = set();
      for (let count = 0; count < 5; count += 1) expect(await admit({})).toEqual(admitted);
      expect(await admit({ concurrency: 2 })).toEqual(refused('concurrency', 5));
      expect(await admit({ concurrency: Number.MAX_SAFE_INTEGER })).toEqual(admitted);
    });

    test('that don’t exist are not worth waiting for', async () => {
      expect(await set().admit({ concurrency: 0 })).toEqual(refused('concurrency'));
    });
  });

  describe(`${name}: calls that are none`, () => {
    test('a lease that is open can’t be opened again', async () => {
      const { admit, settle } = set();
      await admit({ lease: 'a', characters: 10, budget: minute });
      await rejection(admit({ lease: 'a', characters: 10, budget: minute }));
      await settle('a', 10);
      expect(await admit({ characters: 90, budget: minute })).toEqual(admitted);
    });

    test('are rejected and take nothing', async () => {
      const { admit, reserve, settle } = set();
      const budget = minute;
      await admit({ lease: 'a', budget });
      for (const bad of [-1, 0.5, Number.NaN, Infinity, 2 ** 53, '1' as unknown as number]) {
        await rejection(admit({ characters: bad, budget }));
        await rejection(admit({ concurrency: bad }));
        await rejection(admit({ budget: { characters: bad, seconds: 60 } }));
        await rejection(reserve('a', bad));
        await rejection(settle('a', bad));
      }
      for (const bad of [0, -1, Number.NaN, Infinity]) {
        await rejection(admit({ leaseSeconds: bad }));
        await rejection(admit({ budget: { characters: 1, seconds: bad } }));
        await rejection(admit({ singleUse: { id: 'x', expiresAt: bad } }));
      }
      for (const bad of ['', 'x'.repeat(257), 1 as unknown as string]) {
        await rejection(admit({ lease: bad }));
        await rejection(admit({ singleUse: { id: bad, expiresAt: start } }));
      }
      expect(await reserve('a', 100)).toEqual(admitted);
    });
  });
}
