import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { rateLimitBinding } from '../../../src/edge/limits/rate-limit-binding.ts';

test('a key is allowed as often as the binding says, whatever other keys do', async () => {
  const limiter = rateLimitBinding(env.RATE_LIMIT);
  const [one, other] = [crypto.randomUUID(), crypto.randomUUID()];
  const allowed: boolean[] = [];
  for (let index = 0; index < 7; index += 1) allowed.push(await limiter.allow(one));
  // The binding allows three in a minute; a new minute may have begun meanwhile.
  expect(allowed.slice(0, 3)).toEqual([true, true, true]);
  expect(allowed.filter((is) => !is).length).toBeGreaterThan(0);
  expect(await limiter.allow(other)).toBe(true);
});

test('a binding that fails is an error', async () => {
  const limiter = rateLimitBinding(env.RATE_LIMIT);
  await expect(limiter.allow(1 as unknown as string)).rejects.toThrow();
});
