import { describe, expect, inject, test } from 'vitest';
import { cacheApi, type ReplyStore } from '../../../src/edge/cache/cache-api.ts';
import { rejection } from '../../support/rejection.ts';

const store = (caches as unknown as { readonly default: ReplyStore }).default;
const cache = cacheApi(store);
const headers = { 'cache-control': 'max-age=60', 'content-type': 'audio/pcm' };

/** A key that no other test has. */
function createKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function speak(fault: string): Promise<Response> {
  const url = `${inject('speechServerUrl')}/v1/text-to-speech/kal16UsEnglishMale01/stream?output_format=pcm_8000${fault}`;
  const body = JSON.stringify({ text: 'The old mill stands by the river.' });
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'xi-api-key': 'local', 'content-type': 'application/json' },
    body,
  });
  expect(reply.status).toBe(200);
  return new Response(reply.body, { headers });
}

/** A body of so many pieces of 1,000 bytes, after which it fails or ends. */
function createBody(pieces: number, isBroken: boolean, onCancel?: () => void): ReadableStream<Uint8Array> {
  let left = pieces;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if ((left -= 1) >= 0) controller.enqueue(new Uint8Array(1000).fill(left));
        else if (isBroken) controller.error(new Error('broken off'));
        else controller.close();
      },
      cancel: () => onCancel?.(),
    },
    { highWaterMark: 0 },
  );
}

describe('a reply', () => {
  test('is kept whole, with its type', async () => {
    const key = createKey();
    expect(await cache.match(key)).toBeUndefined();
    await cache.put(key, await speak(''));
    const kept = await cache.match(key);
    expect(kept?.headers.get('content-type')).toBe('audio/pcm');
    const bytes = await kept?.bytes();
    expect(bytes?.length).toBeGreaterThan(10_000);
    expect(bytes).toEqual(await (await speak('')).bytes());
    expect(await cache.match(createKey())).toBeUndefined();
  });

  test('that the service breaks off is not kept', async () => {
    for (const cut of [0, 1, 5000]) {
      const key = createKey();
      await rejection(cache.put(key, await speak(`&fault_cut=${cut}`)));
      expect(await cache.match(key)).toBeUndefined();
    }
  });

  test('whose stream fails is not kept, and what was kept before stays', async () => {
    const key = createKey();
    await expect(cache.put(key, new Response(createBody(5, true), { headers }))).rejects.toThrow('broken off');
    expect(await cache.match(key)).toBeUndefined();

    await cache.put(key, new Response(createBody(5, false), { headers }));
    await expect(cache.put(key, new Response(createBody(3, true), { headers }))).rejects.toThrow('broken off');
    expect((await (await cache.match(key))?.bytes())?.length).toBe(5000);
  });

  test('that is longer than allowed is given up at once, and not kept', async () => {
    const small = cacheApi(store, { maxBytes: 3000 });
    const [fits, exceeds] = [createKey(), createKey()];
    await small.put(fits, new Response(createBody(3, false), { headers }));
    expect((await (await small.match(fits))?.bytes())?.length).toBe(3000);

    let cancelled = 0;
    const body = createBody(1_000_000, false, () => {
      cancelled += 1;
    });
    expect(await rejection(small.put(exceeds, new Response(body, { headers })))).toBeInstanceOf(RangeError);
    expect(cancelled).toBe(1);
    expect(await small.match(exceeds)).toBeUndefined();
  });

  test('is not kept when its headers say so', async () => {
    const key = createKey();
    await cache.put(key, new Response('speech', { headers: { 'cache-control': 'no-store' } }));
    expect(await cache.match(key)).toBeUndefined();
  });
});

test('what is no SHA-256 is no key', async () => {
  const key = createKey();
  for (const bad of ['', '../x', `${key}0`, key.slice(1), `${key}\n`, key.toUpperCase().replace(/^./, 'A')]) {
    expect(await rejection(cache.match(bad))).toBeInstanceOf(TypeError);
    expect(await rejection(cache.put(bad, new Response('speech', { headers })))).toBeInstanceOf(TypeError);
  }
});
