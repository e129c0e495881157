import { describe, expect, test } from 'vitest';
import { ChunkQueue } from '../../src/core/chunk-queue.ts';
import type { SpeechChunk } from '../../src/core/speech-chunk.ts';
import { rejection, speechError } from '../support/rejection.ts';

const over = { done: true, value: undefined };
const ignore = (): void => {};

/** A chunk of so many bytes, which tell it from others. */
function chunk(bytes: number): SpeechChunk {
  return { audio: new Uint8Array(bytes).fill(bytes), alignment: undefined, normalizedAlignment: undefined };
}

describe('ChunkQueue', () => {
  test('gives its chunks in order, then ends', async () => {
    const queue = new ChunkQueue(ignore);
    for (const bytes of [1, 2, 3]) queue.push(chunk(bytes));
    queue.finish();
    queue.push(chunk(4));
    const reader = queue.read(ignore);
    expect(queue.isOver).toBe(true);
    for (const bytes of [1, 2, 3]) expect(await reader.next()).toEqual({ done: false, value: chunk(bytes) });
    expect(await reader.next()).toEqual(over);
    expect(await reader.next()).toEqual(over);
  });

  test('tells its error once, after the chunks', async () => {
    const queue = new ChunkQueue(ignore);
    const reader = queue.read(ignore);
    const error = new Error('broken');
    queue.push(chunk(1));
    queue.finish({ error });
    queue.finish({ error: new Error('too late') });
    queue.finish();
    expect(await reader.next()).toEqual({ done: false, value: chunk(1) });
    expect(await rejection(reader.next())).toBe(error);
    expect(await reader.next()).toEqual(over);
    expect(queue.isOver).toBe(true);
  });

  test('drops what waits when it is cleared, and tells the error at once', async () => {
    const queue = new ChunkQueue(ignore);
    const reader = queue.read(ignore);
    queue.push(chunk(1));
    queue.finish({ error: new Error('not this one') });
    const error = new Error('left');
    queue.clear({ error });
    expect(queue.bytes).toBe(0);
    expect(await rejection(reader.next())).toBe(error);
    expect(await reader.next()).toEqual(over);
  });

  test('counts its bytes once there is a reader', async () => {
    const queue = new ChunkQueue(ignore);
    queue.push(chunk(5));
    queue.push(chunk(7));
    expect(queue.bytes).toBe(0);
    const reader = queue.read(ignore);
    expect(queue.bytes).toBe(12);
    await reader.next();
    expect(queue.bytes).toBe(7);
  });

  test('tells of each read', async () => {
    let reads = 0;
    const queue = new ChunkQueue(() => (reads += 1));
    queue.push(chunk(1));
    const reader = queue.read(ignore);
    expect(reads).toBe(0);
    await reader.next();
    expect(reads).toBe(1);
  });

  test('serves those who ask at once in the order in which they asked', async () => {
    const queue = new ChunkQueue(ignore);
    const reader = queue.read(ignore);
    const asked = [reader.next(), reader.next()];
    queue.push(chunk(1));
    asked.push(reader.next());
    queue.push(chunk(2));
    queue.push(chunk(3));
    asked.push(reader.next(), reader.next());
    queue.finish();
    const values = (await Promise.all(asked)).map(({ value }) => value?.audio.length);
    expect(values).toEqual([1, 2, 3, undefined, undefined]);
  });

  test('goes on for those who asked after the one who was told the error', async () => {
    const queue = new ChunkQueue(ignore);
    const reader = queue.read(ignore);
    const asked = [reader.next(), reader.next()];
    queue.finish({ error: new Error('broken') });
    expect(await Promise.allSettled(asked)).toMatchObject([
      { status: 'rejected' },
      { status: 'fulfilled', value: over },
    ]);
  });

  test('ends for one who waits when the reader leaves', async () => {
    const queue = new ChunkQueue(ignore);
    const reader = queue.read(() => queue.clear());
    const waiting = reader.next();
    expect(await reader.return?.()).toEqual(over);
    expect(await waiting).toEqual(over);
    expect(await reader.next()).toEqual(over);
  });

  test('is read once', async () => {
    const queue = new ChunkQueue(ignore);
    queue.read(ignore);
    const again = speechError((async () => queue.read(ignore))());
    expect(await again).toMatchObject({ code: 'consumed' });
  });
});
