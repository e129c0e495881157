import { describe, expect, it } from 'vitest';
import { PlaybackMachine } from '../../src/worklet/playback-machine.ts';

const quanta = 100_000;
const warmUp = 30_000;
const batch = 1000;
const outlet = { anchor: (): void => undefined, returnBuffer: (): void => undefined };

/**
 * The bytes that `render` allocates per call: the median of many batches, so that neither a garbage collection nor a compiler
 * that is late on a busy machine counts, and what each call allocates does.
 */
function allocatedPerCall(render: (quantum: number) => void): number {
  for (let i = 0; i < warmUp; i += 1) render(i);
  const batches: number[] = [];
  for (let i = 0; i < quanta; i += batch) {
    const before = process.memoryUsage().heapUsed;
    for (let j = 0; j < batch; j += 1) render(warmUp + i + j);
    batches.push(process.memoryUsage().heapUsed - before);
  }
  return batches.sort((a, b) => a - b)[batches.length / 2]! / batch;
}

/** A machine with enough queued for the whole measurement, at a rate that keeps that small. */
function longPlayback(sampleRate: number, contextRate: number, id = 1, after?: number): PlaybackMachine {
  const options = { encoding: 'mulaw', sampleRate, startMark: 0.1, refillMark: 0.1, id, after } as const;
  const machine = new PlaybackMachine(options, contextRate, outlet);
  const frames = Math.ceil(((warmUp + quanta) * 128 * sampleRate) / contextRate) + 10_000;
  for (let left = frames; left > 0; left -= 1_000_000) machine.push(new ArrayBuffer(1_000_000), 1_000_000);
  return machine;
}

describe('PlaybackMachine.render in 100,000 quanta', () => {
  it.each([
    [8000, 8000],
    [8000, 16_000],
    [8000, 44_100],
    [8000, 44_057],
  ])(
    'allocates nothing per quantum: %i to %i',
    (sampleRate, contextRate) => {
      const machine = longPlayback(sampleRate, contextRate);
      const output = new Float32Array(128);
      expect(allocatedPerCall((quantum) => machine.render(output, quantum * 128))).toBeLessThan(2);
    },
    60_000,
  );

  it('allocates nothing per quantum while it is held', () => {
    const machine = longPlayback(8000, 16_000);
    const output = new Float32Array(128);
    machine.render(output, 0);
    machine.pause();
    expect(allocatedPerCall((quantum) => machine.render(output, quantum * 128))).toBeLessThan(2);
  }, 60_000);

  it.each(['before', 'after'])(
    'allocates nothing per quantum while two wait, rendered %s whom they wait for',
    (order) => {
      const machines = [
        longPlayback(8000, 16_000, 1),
        longPlayback(8000, 16_000, 2, 1),
        longPlayback(8000, 16_000, 3, 2),
      ];
      for (const machine of machines) machine.end();
      if (order === 'before') machines.reverse();
      const output = new Float32Array(128);
      const render = (quantum: number): void => {
        for (const machine of machines) machine.render(output, quantum * 128);
      };
      expect(allocatedPerCall(render)).toBeLessThan(2);
    },
    60_000,
  );

  it('would be caught if it allocated one small object per quantum', () => {
    const kept: (object | undefined)[] = [undefined];
    const bytes = allocatedPerCall((quantum) => {
      kept[0] = { quantum };
    });
    expect(bytes).toBeGreaterThan(10);
  }, 60_000);
});
