import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { pageToken } from '../../src/player/page-token.ts';
import { createPlayer } from '../../src/player/player.ts';
import { rejection } from '../support/rejection.ts';
import { sendJson, startHttpServer } from '../support/http-server.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A gateway whose tokens are numbered; without `lifetime` (milliseconds) they don't end, and the first `failures` don't come. */
async function startTokens({ lifetime = Infinity, failures = 0 } = {}): Promise<URL> {
  const { url } = await startHttpServer((response, _request, index) => {
    if (index < failures) return sendJson(response, {}, 403);
    sendJson(response, {
      token: `token${index}`,
      expiresAt: lifetime === Infinity ? undefined : Date.now() + lifetime,
    });
  });
  return new URL(`${url}/token`);
}

it('is kept for the speeches of a player, whoever asks first', async () => {
  const [token, player] = [await startTokens(), createPlayer()];
  const ask = pageToken(player, { token });
  expect(await Promise.all([ask(), pageToken(player, { token })()])).toEqual(['token0', 'token0']);
  expect(await pageToken(player, { token })()).toBe('token0');
});

it('is another one for another player, since the page may have another user', async () => {
  const token = await startTokens();
  expect(await pageToken(createPlayer(), { token })()).toBe('token0');
  expect(await pageToken(createPlayer(), { token })()).toBe('token1');
});

it('is asked for anew by a speech that asks again, for the speeches that follow too', async () => {
  const [token, player] = [await startTokens(), createPlayer()];
  const ask = pageToken(player, { token });
  expect(await ask()).toBe('token0');
  expect(await ask()).toBe('token1');
  expect(await pageToken(player, { token })()).toBe('token1');
});

it.each([
  ['has ended', { lifetime: 20 }],
  ['did not come', { failures: 20 }],
])('is forgotten when it %s', async (_, server) => {
  const [token, player] = [await startTokens(server), createPlayer()];
  const references = await Promise.all(Array.from({ length: 20 }, (__, user) => askFor(user)));
  await new Promise((resolve) => setTimeout(resolve, 50));
  // The next one clears up.
  pageToken(player, { token });
  await new Promise((resolve) => setTimeout(resolve));
  collectGarbage();
  expect(references.filter((reference) => reference.deref() !== undefined)).toHaveLength(0);

  /** What only the entry of this user still holds. */
  async function askFor(user: number): Promise<WeakRef<object>> {
    const headers = { 'x-user': String(user) };
    await pageToken(player, { token, headers })().catch(() => undefined);
    return new WeakRef(headers);
  }
});

it('that did not come is asked for again by the next speech', async () => {
  const [token, player] = [await startTokens({ failures: 1 }), createPlayer()];
  expect(await rejection(pageToken(player, { token })())).toMatchObject({ code: 'forbidden' });
  expect(await pageToken(player, { token })()).toBe('token1');
});
