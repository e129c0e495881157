import { describe, expect, it } from 'vitest';
import { createSampleDecoder } from '../../src/worklet/decode-samples.ts';
import { maxBuffersInFlight } from '../../src/worklet/messages.ts';
import { SampleQueue } from '../../src/worklet/sample-queue.ts';
import { firstDifference } from './first-difference.ts';
import { seededRandom } from '../support/seeded-random.ts';

function makeQueue(): { queue: SampleQueue; released: ArrayBuffer[] } {
  const released: ArrayBuffer[] = [];
  const queue = new SampleQueue(createSampleDecoder('s16le'), (buffer) => released.push(buffer));
  return { queue, released };
}

const value = (index: number): number => ((index * 40_503) % 65_536) - 32_768;
const canary = 7;

describe('SampleQueue', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('gives back the samples in order whatever the sizes (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const { queue, released } = makeQueue();
    const pushed: ArrayBuffer[] = [];
    let written = 0;
    let read = 0;
    for (let round = 0; round < 3000; round += 1) {
      if (random.next() < 0.5 && !queue.isFull) {
        const frames = random.between(1, 400);
        // A buffer may be longer than what it holds, also by half a sample.
        const buffer = new ArrayBuffer(2 * frames + random.between(0, 5));
        const view = new DataView(buffer);
        for (let i = 0; i < frames; i += 1) view.setInt16(2 * i, value(written + i), true);
        expect(queue.push(buffer, 2 * frames)).toBe(frames);
        pushed.push(buffer);
        written += frames;
      } else {
        const count = random.between(0, 600);
        const margin = random.between(0, 9);
        const target = new Float32Array(margin + count + margin).fill(canary);
        const given = queue.pull(target, margin, count);
        expect(given).toBe(Math.min(count, written - read));
        const expected = target.map((_, i) =>
          i < margin || i >= margin + given ? canary : value(read + i - margin) / 32_768,
        );
        expect(firstDifference(target, expected)).toBe(-1);
        read += given;
      }
      expect(queue.frames).toBe(written - read);
    }
    queue.clear();
    expect(queue.frames).toBe(0);
    expect(released.length).toBe(pushed.length);
    expect(released.every((buffer, i) => buffer === pushed[i])).toBe(true);
  });

  it('releases a buffer with its last sample, not before', () => {
    const { queue, released } = makeQueue();
    const first = new ArrayBuffer(8);
    queue.push(first, 8);
    queue.push(new ArrayBuffer(8), 8);
    const target = new Float32Array(8);
    queue.pull(target, 0, 3);
    expect(released).toEqual([]);
    queue.pull(target, 0, 1);
    expect(released).toEqual([first]);
    expect(released[0]).toBe(first);
  });

  it('drops a trailing half sample', () => {
    const { queue } = makeQueue();
    expect(queue.push(new ArrayBuffer(6), 5)).toBe(2);
    expect(queue.frames).toBe(2);
  });

  it('takes a length beyond the buffer for the buffer', () => {
    const { queue } = makeQueue();
    expect(queue.push(new ArrayBuffer(7), 1000)).toBe(3);
  });

  it.each([0, 1, -4, Number.NaN, undefined as unknown as number])(
    'releases at once a buffer with %s bytes',
    (byteLength) => {
      const { queue, released } = makeQueue();
      const buffer = new ArrayBuffer(8);
      expect(queue.push(buffer, byteLength)).toBe(0);
      expect(released).toHaveLength(1);
      expect(queue.frames).toBe(0);
    },
  );

  it('releases a surplus buffer at once and goes on when there is room', () => {
    const { queue, released } = makeQueue();
    for (let i = 0; i < maxBuffersInFlight; i += 1) expect(queue.push(new ArrayBuffer(2), 2)).toBe(1);
    expect(queue.isFull).toBe(true);
    const surplus = new ArrayBuffer(2);
    expect(queue.push(surplus, 2)).toBe(0);
    expect(released).toHaveLength(1);
    expect(released[0]).toBe(surplus);
    expect(queue.pull(new Float32Array(1), 0, 1)).toBe(1);
    expect(queue.push(new ArrayBuffer(2), 2)).toBe(1);
    expect(queue.frames).toBe(maxBuffersInFlight);
  });
});
