import { expect, test } from 'vitest';
import { WakeUp } from '../../src/core/wake-up.ts';

/** Whether `work` is done when everything that can go on has gone on. */
async function isDone(work: Promise<void>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setImmediate(resolve, false));
  return Promise.race([work.then(() => true), later]);
}

test('WakeUp wakes one who sleeps', async () => {
  const wake = new WakeUp();
  const sleep = wake.next();
  expect(await isDone(sleep)).toBe(false);
  wake.now();
  expect(await isDone(sleep)).toBe(true);
  expect(await isDone(wake.next())).toBe(false);
});

test('WakeUp keeps a call for the next sleeper, several as one', async () => {
  const wake = new WakeUp();
  wake.now();
  wake.now();
  expect(await isDone(wake.next())).toBe(true);
  expect(await isDone(wake.next())).toBe(false);
});

test('WakeUp loses no call between two sleeps', async () => {
  const wake = new WakeUp();
  let woken = 0;
  const sleeper = (async () => {
    while (woken < 100) {
      await wake.next();
      woken += 1;
    }
  })();
  for (let call = 0; call < 100; call += 1) {
    wake.now();
    await isDone(sleeper);
  }
  expect(await isDone(sleeper)).toBe(true);
});
