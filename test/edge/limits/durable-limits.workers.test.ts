import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { durableLimits, type DurableNamespace } from '../../../src/edge/limits/durable-limits.ts';
import type { LimitCall } from '../../../src/edge/limits/limit-call.ts';
import type { Admission, Verdict } from '../../../src/edge/limits/speech-limits.ts';
import { createGate } from '../../support/gate.ts';
import { rejection } from '../../support/rejection.ts';
import { start } from './speech-limits-suite.ts';
import { objectOf } from './object-limits.ts';

const limits = durableLimits(env.SPEECH_LIMITS);
// Its windows are as long as no test is: one begins in 2001, the next in 2033.
const budget = { characters: 100, seconds: 1_000_000_000 };

function admission(subject: string, rest: Partial<Admission> = {}): Admission {
  return { subject, lease: crypto.randomUUID(), leaseSeconds: 60, characters: 0, ...rest };
}

/** What fifty gateways are told that ask at once. */
function race(ask: (index: number) => Promise<Verdict>): Promise<Verdict[]> {
  return Promise.all(Array.from({ length: 50 }, (_, index) => ask(index)));
}

function countAdmitted(verdicts: readonly Verdict[]): number {
  return verdicts.filter((verdict) => verdict.admitted).length;
}

/** The tables of an object's database. */
function tablesOf(object: TestObject): Promise<string[]> {
  return runInDurableObject(object, (_, { storage }) => {
    const rows = storage.sql.exec(`SELECT name FROM sqlite_master WHERE type = 'table'`).toArray();
    return rows.map((row) => String(row['name'])).filter((name) => !name.startsWith('_cf_'));
  });
}

/** How many rows there are of each kind. */
function rowsOf(object: TestObject): Promise<unknown> {
  const counts = ['used', 'leases', 'spendings'].map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`);
  return runInDurableObject(object, (_, { storage }) => storage.sql.exec(`SELECT ${counts.join()}`).toArray()[0]);
}

function alarmOf(object: TestObject): Promise<number | null> {
  return runInDurableObject(object, (_, { storage }) => storage.getAlarm());
}

describe('a race', () => {
  test('for one single-use token is won by one', async () => {
    const subject = crypto.randomUUID();
    const singleUse = { id: 'token', expiresAt: Date.now() + 60_000 };
    const verdicts = await race(() => limits.admit(admission(subject, { singleUse })));
    expect(countAdmitted(verdicts)).toBe(1);
    expect(verdicts.filter((verdict) => !verdict.admitted && verdict.reason === 'used')).toHaveLength(49);
  });

  test('for a budget never overspends it, before and after some of it went back', async () => {
    const subject = crypto.randomUUID();
    const ask = (index: number): Promise<Verdict> =>
      limits.admit(admission(subject, { lease: `a ${index}`, characters: 7, budget }));
    const verdicts = await race(ask);
    expect(countAdmitted(verdicts)).toBe(14);

    const winners = verdicts.flatMap((verdict, index) => (verdict.admitted ? [`a ${index}`] : []));
    const settled = winners.slice(0, 5);
    // Each of the five spoke 4 of 7 characters, and says so twice, while others ask for what goes back.
    const [later] = await Promise.all([
      race(() => limits.admit(admission(subject, { characters: 1, budget }))),
      ...[...settled, ...settled].map((lease) => limits.settle(subject, lease, 4)),
    ]);
    const last = await race(() => limits.admit(admission(subject, { characters: 1, budget })));
    expect(countAdmitted(later) + countAdmitted(last)).toBe(100 - 9 * 7 - 5 * 4);
  });

  test('of two sessions for the rest of a budget ends at its last character', async () => {
    const subject = crypto.randomUUID();
    await limits.admit(admission(subject, { lease: 'a', characters: 10, budget }));
    await limits.admit(admission(subject, { lease: 'b', characters: 10, budget }));
    const verdicts = await race((index) => limits.reserve(subject, index % 2 ? 'a' : 'b', 4));
    expect(countAdmitted(verdicts)).toBe(20);
  });

  test('for places fills them, and no more', async () => {
    const subject = crypto.randomUUID();
    const verdicts = await race(() => limits.admit(admission(subject, { concurrency: 8 })));
    expect(countAdmitted(verdicts)).toBe(8);
  });
});

describe('an object', () => {
  const call: LimitCall = {
    kind: 'admit',
    lease: 'a',
    leaseSeconds: 60,
    characters: 10,
    budget: { characters: 10, seconds: 60 },
    singleUse: { id: 'token', expiresAt: start + 30_000 },
  };

  test('remembers all when it is started anew', async () => {
    const subject = crypto.randomUUID();
    const singleUse = { id: 'token', expiresAt: Date.now() + 60_000 };
    const whole = { singleUse, characters: 60, budget, concurrency: 1 };
    await limits.admit(admission(subject, { ...whole, lease: 'a' }));
    await abortAllDurableObjects();
    expect(await limits.admit(admission(subject, whole))).toMatchObject({ reason: 'used' });
    expect(await limits.admit(admission(subject, { characters: 41, budget }))).toMatchObject({ reason: 'budget' });
    expect(await limits.admit(admission(subject, { concurrency: 1 }))).toMatchObject({ reason: 'concurrency' });
    await abortAllDurableObjects();
    await limits.settle(subject, 'a', 0);
    expect(await limits.admit(admission(subject, { characters: 100, budget }))).toEqual({ admitted: true });
  });

  test('forgets what is over, step by step, and has nothing stored at last', async () => {
    const object = objectOf(crypto.randomUUID());
    await runInDurableObject(object, (limit) => limit.apply(call, start));
    expect(await rowsOf(object)).toEqual({ used: 1, leases: 1, spendings: 1 });
    // The token and the window are kept for a minute after their end.
    expect(await alarmOf(object)).toBe(start + 120_000);

    await runInDurableObject(object, (limit) => limit.purge(start + 59_999));
    expect(await rowsOf(object)).toEqual({ used: 1, leases: 1, spendings: 1 });
    await runInDurableObject(object, (limit) => limit.purge(start + 60_000));
    expect(await rowsOf(object)).toEqual({ used: 1, leases: 0, spendings: 1 });
    await runInDurableObject(object, (limit) => limit.purge(start + 90_000));
    expect(await rowsOf(object)).toEqual({ used: 0, leases: 0, spendings: 1 });
    await runInDurableObject(object, (limit) => limit.purge(start + 120_000));
    expect(await tablesOf(object)).toEqual([]);

    expect(await runInDurableObject(object, (limit) => limit.apply({ ...call, lease: 'b' }, start + 120_000))).toEqual({
      admitted: false,
      reason: 'used',
    });
  });

  test('forgets what is over when it is asked, too, once a minute at most', async () => {
    const object = objectOf(crypto.randomUUID());
    const ask = (lease: string, milliseconds: number): Promise<Verdict | undefined> => {
      const short: LimitCall = { kind: 'admit', lease, leaseSeconds: 10, characters: 0, concurrency: 1 };
      return runInDurableObject(object, (limit) => limit.apply(short, start + milliseconds));
    };
    await runInDurableObject(object, (limit) => limit.apply({ ...call, leaseSeconds: 10 }, start));
    expect(await ask('b', 10_000)).toEqual({ admitted: true });
    expect(await ask('c', 59_999)).toEqual({ admitted: true });
    expect(await rowsOf(object)).toEqual({ used: 1, leases: 3, spendings: 1 });
    expect(await ask('d', 60_000)).toMatchObject({ reason: 'concurrency' });
    expect(await rowsOf(object)).toEqual({ used: 1, leases: 1, spendings: 1 });
    expect(await ask('e', 119_999)).toEqual({ admitted: true });
    expect(await rowsOf(object)).toEqual({ used: 1, leases: 2, spendings: 1 });
    expect(await ask('f', 130_000)).toEqual({ admitted: true });
    expect(await rowsOf(object)).toEqual({ used: 0, leases: 1, spendings: 0 });
  });

  test('counts on in tables without its index, whose rows have ids of their own', async () => {
    const object = objectOf(crypto.randomUUID());
    await runInDurableObject(object, (_, { storage }) => {
      storage.sql.exec(`CREATE TABLE used (id TEXT PRIMARY KEY, kept_until REAL NOT NULL);
        CREATE TABLE leases (id TEXT PRIMARY KEY, ends REAL NOT NULL, budget INTEGER, budget_seconds REAL,
          window_start REAL, window_end REAL, taken INTEGER NOT NULL, taken_before INTEGER NOT NULL);
        CREATE TABLE spendings (window_start REAL, window_end REAL, characters INTEGER NOT NULL,
          kept_until REAL NOT NULL, PRIMARY KEY (window_start, window_end));
        INSERT INTO used VALUES ('token', ${start + 90_000});
        INSERT INTO leases VALUES ('a', ${start + 60_000}, 10, 60, ${start}, ${start + 60_000}, 10, 0);
        INSERT INTO spendings VALUES (${start}, ${start + 60_000}, 10, ${start + 120_000})`);
    });
    const ask = (asked: LimitCall): Promise<Verdict | undefined> =>
      runInDurableObject(object, (limit) => limit.apply(asked, start + 1_000));
    const { singleUse: _, ...other } = { ...call, lease: 'b', concurrency: 1 };
    expect(await ask({ ...call, lease: 'b' })).toMatchObject({ reason: 'used' });
    expect(await ask(other)).toMatchObject({ reason: 'budget' });
    expect(await ask({ ...other, budget: undefined })).toMatchObject({ reason: 'concurrency' });
    await ask({ kind: 'settle', lease: 'a', spent: 4 });
    expect(await ask({ ...other, characters: 7 })).toMatchObject({ reason: 'budget' });
    expect(await ask({ ...other, characters: 6 })).toEqual({ admitted: true });
    expect(await rowsOf(object)).toEqual({ used: 1, leases: 1, spendings: 1 });
  });

  test('answers when its alarm can’t be set, and sets it at the next call', async () => {
    const object = objectOf(crypto.randomUUID());
    const ask = (lease: string, now: number): Promise<Verdict | undefined> =>
      runInDurableObject(object, (limit) =>
        limit.apply({ kind: 'admit', lease, leaseSeconds: 60, characters: 0 }, now),
      );
    // The runtime refuses alarms that far ahead.
    expect(await ask('a', Date.UTC(2300))).toEqual({ admitted: true });
    expect(await alarmOf(object)).toBeNull();
    expect(await rowsOf(object)).toMatchObject({ leases: 1 });
    await ask('b', start);
    expect(await alarmOf(object)).not.toBeNull();
  });

  test('is woken by its alarm, until all is over', async () => {
    const subject = crypto.randomUUID();
    const object = objectOf(subject);
    const send = (body: LimitCall): Promise<Response> =>
      object.fetch('https://limits.invalid/', { method: 'POST', body: JSON.stringify(body) });
    await send({ kind: 'admit', lease: 'long', leaseSeconds: 600, characters: 0 });
    await send({ kind: 'admit', lease: 'short', leaseSeconds: 0.001, characters: 0 });
    expect(await runDurableObjectAlarm(object)).toBe(true);
    expect(await rowsOf(object)).toMatchObject({ leases: 1 });
    expect(await alarmOf(object)).not.toBeNull();

    await send({ kind: 'settle', lease: 'long', spent: 0 });
    expect(await runDurableObjectAlarm(object)).toBe(true);
    expect(await tablesOf(object)).toEqual([]);
    expect(await runDurableObjectAlarm(object)).toBe(false);
  });

  test('that was only asked about what it does not know is emptied as well', async () => {
    const object = objectOf(crypto.randomUUID());
    await runInDurableObject(object, (limit) => limit.apply({ kind: 'settle', lease: 'x', spent: 0 }, Date.now()));
    expect(await runDurableObjectAlarm(object)).toBe(true);
    expect(await tablesOf(object)).toEqual([]);
  });

  test('sets its alarm no further ahead than a month', async () => {
    const object = objectOf(crypto.randomUUID());
    const endless: LimitCall = { kind: 'admit', lease: 'a', leaseSeconds: Number.MAX_SAFE_INTEGER, characters: 0 };
    await runInDurableObject(object, (limit) => limit.apply(endless, start));
    expect(await alarmOf(object)).toBe(start + 30 * 24 * 3600 * 1000);
  });

  test('refuses what is no call, and takes nothing for it', async () => {
    const object = objectOf(crypto.randomUUID());
    const bodies = [
      '',
      '{',
      'null',
      '[]',
      '{}',
      JSON.stringify({ ...call, kind: 'purge' }),
      JSON.stringify({ ...call, kind: undefined }),
      JSON.stringify({ ...call, lease: undefined }),
      JSON.stringify({ ...call, characters: '10' }),
      JSON.stringify({ ...call, characters: null }),
      JSON.stringify({ ...call, budget: null }),
      JSON.stringify({ ...call, budget: { characters: 10 } }),
      JSON.stringify({ ...call, concurrency: -1 }),
      JSON.stringify({ ...call, singleUse: { id: 'token' } }),
      JSON.stringify({ kind: 'reserve', lease: 'a' }),
      JSON.stringify({ kind: 'settle', lease: 'a' }),
    ];
    for (const body of bodies) {
      expect(await object.fetch('https://limits.invalid/', { method: 'POST', body })).toMatchObject({ status: 400 });
    }
    expect(await object.fetch('https://limits.invalid/')).toMatchObject({ status: 400 });
    expect(await tablesOf(object)).toEqual([]);
  });
});

test('a call that the object refuses is rejected', async () => {
  const subject = crypto.randomUUID();
  await expect(limits.admit(admission(subject, { characters: Number.NaN }))).rejects.toThrow('400');
  await expect(limits.reserve(subject, '', 1)).rejects.toThrow('400');
  await expect(limits.settle(subject, 'a', -1)).rejects.toThrow('400');
});

test('an object that does not answer in time is an error', async () => {
  const subject = crypto.randomUUID();
  const objects: TestObject[] = [];
  const namespace: DurableNamespace = {
    idFromName: (name) => env.SPEECH_LIMITS.idFromName(name),
    get(id) {
      const object = env.SPEECH_LIMITS.get(id);
      objects.push(object);
      return object;
    },
  };
  const patient = durableLimits(namespace);
  const impatient = durableLimits(namespace, { timeout: 0.2 });
  await patient.admit(admission(subject, { lease: 'a' }));

  const gate = createGate();
  const silence = runInDurableObject(objects[0]!, (_, state) => state.blockConcurrencyWhile(() => gate.opened));
  // What is asked before it falls silent is answered.
  const isSilent = (): Promise<unknown> => impatient.settle(subject, 'no lease', 0).catch(({ name }: Error) => name);
  await expect.poll(isSilent).toBe('TimeoutError');
  const errors = await Promise.all([
    rejection(impatient.admit(admission(subject))),
    rejection(impatient.settle(subject, 'a', 0)),
  ]);
  expect(errors).toMatchObject([{ name: 'TimeoutError' }, { name: 'TimeoutError' }]);
  gate.open();
  await silence;
  expect(await patient.admit(admission(subject))).toEqual({ admitted: true });
});
