import { describe, expect, it } from 'vitest';
import { PlaybackMachine } from '../../src/worklet/playback-machine.ts';

const quanta = 100_000;
const warmUp = 30_000;
const batch = 1000;
const outlet = { anchor: (): void => undefined, returnBuffer: (): void => undefined };

/** The bytes that `render` allocates in so many calls, after some to warm up; a collection in a batch drops that batch. */
function allocatedBy(render: (quantum: number) => void): number {
  for (let i = 0; i < warmUp; i += 1) render(i);
  let bytes = 0;
  for (let i = 0; i < quanta; i += batch) {
    const before = process.memoryUsage().heapUsed;
    for (let j = 0; j < batch; j += 1) render(warmUp + i + j);
    bytes += Math.max(0, process.memoryUsage().heapUsed - before);
  }
  return bytes;
}

/** What the measuring itself allocates. */
function floor(): number {
  return allocatedBy(() => undefined);
}

/** A machine with enough queued for the whole measurement, at a rate that keeps that small. */
function longPlayback(sampleRate: number, contextRate: number): PlaybackMachine {
  const options = { encoding: 'mulaw', sampleRate, startMark: 0.1, refillMark: 0.1 } as const;
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
      const bytes = allocatedBy((quantum) => machine.render(output, quantum * 128)) - floor();
      console.log(`${sampleRate} → ${contextRate}: ${bytes} bytes`);
      expect(bytes).toBeLessThan(quanta);
    },
    60_000,
  );

  it('allocates nothing per quantum while it pauses and resumes', () => {
    const machine = longPlayback(8000, 16_000);
    const output = new Float32Array(128);
    const bytes = allocatedBy((quantum) => {
      if (quantum % 20 === 0) machine.pause();
      else if (quantum % 20 === 10) machine.resume();
      machine.render(output, quantum * 128);
    });
    expect(bytes - floor()).toBeLessThan(quanta);
  }, 60_000);

  it('would be caught if it allocated one small object per quantum', () => {
    const kept: (object | undefined)[] = [undefined];
    const bytes = allocatedBy((quantum) => {
      kept[0] = { quantum };
    });
    expect(bytes - floor()).toBeGreaterThan(10 * quanta);
  }, 60_000);
});
