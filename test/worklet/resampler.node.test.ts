import { describe, expect, it } from 'vitest';
import { Resampler } from '../../src/worklet/resampler.ts';
import { firstDifference } from './first-difference.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { fitSine, quantisedSine } from './sine-fit.ts';

/** A source of samples that arrive in pieces. */
class ArrivingSamples {
  readonly #samples: Float32Array;
  #read = 0;
  arrived = 0;

  constructor(samples: Float32Array) {
    this.#samples = samples;
  }

  get queued(): number {
    return this.arrived - this.#read;
  }

  get hasEnded(): boolean {
    return this.arrived === this.#samples.length;
  }

  arrive(count: number): void {
    this.arrived = Math.min(this.#samples.length, this.arrived + count);
  }

  pull(target: Float32Array, offset: number, count: number): number {
    const given = Math.min(count, this.queued);
    target.set(this.#samples.subarray(this.#read, this.#read + given), offset);
    this.#read += given;
    return given;
  }
}

/** The whole of `samples` at the other rate; `arrive` and `take` say how many samples come and are asked for at a time. */
function resample(
  samples: Float32Array,
  [sourceRate, outputRate]: readonly [number, number],
  arrive = (): number => Infinity,
  take = (): number => 128,
): Float32Array {
  const resampler = new Resampler(sourceRate, outputRate);
  const source = new ArrivingSamples(samples);
  const output = new Float32Array(Math.ceil((samples.length * outputRate) / sourceRate) + 64).fill(9);
  let made = 0;
  for (;;) {
    source.arrive(arrive());
    const count = Math.min(take(), resampler.available(source.queued, source.hasEnded));
    resampler.render(source, output, made, count);
    made += count;
    if (source.hasEnded && resampler.available(source.queued, true) === 0) break;
  }
  // Nothing was written behind what was asked for.
  expect(output.subarray(made).every((sample) => sample === 9)).toBe(true);
  return output.subarray(0, made);
}

function toFloat(samples: Int16Array): Float32Array {
  return Float32Array.from(samples, (sample) => sample / 32_768);
}

function noise(length: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length }, () => 2 * random.next() - 1);
}

const pairs = [
  [24_000, 48_000],
  [8000, 44_100],
  [22_050, 48_000],
  [44_100, 48_000],
  [48_000, 44_100],
  [16_000, 96_000],
  [48_000, 16_000],
  [24_000, 44_057],
  [44_100, 30_011],
] as const;

describe('Resampler', () => {
  it('gives equal rates through to the bit', () => {
    const samples = noise(5000, 1);
    expect(firstDifference(resample(samples, [24_000, 24_000]), samples)).toBe(-1);
  });

  it.each([
    [1000, [24_000, 48_000]],
    [7000, [24_000, 48_000]],
    [1000, [8000, 44_100]],
    [7000, [22_050, 48_000]],
    [7000, [44_100, 48_000]],
    [7000, [48_000, 44_100]],
    [7000, [16_000, 96_000]],
    [7000, [48_000, 16_000]],
    [7000, [24_000, 44_057]],
    [7000, [44_100, 30_011]],
  ] as const)('keeps a sine of %i Hz, in time, with at least 95 dB to the noise: %o', (frequency, [from, to]) => {
    const output = resample(toFloat(quantisedSine(frequency, from, from)), [from, to]);
    const edge = Math.ceil(to * 0.02);
    const fit = fitSine(output, edge, output.length - edge, frequency, to);
    console.log(`${from} → ${to}, ${frequency} Hz: ${fit.signalToNoise.toFixed(1)} dB`);
    expect(fit.signalToNoise).toBeGreaterThan(95);
    expect(fit.amplitude).toBeCloseTo(0.9 * (32_767 / 32_768), 4);
    // Output frame k is the source at k / rate: no delay.
    expect(Math.abs(fit.phase)).toBeLessThan(1e-4);
  });

  it.each([
    [24_000, 48_000],
    [48_000, 44_100],
    [48_000, 16_000],
    [24_000, 44_057],
  ] as const)('is flat within 0.01 dB up to nine tenths of the lower half rate: %i to %i', (from, to) => {
    const half = Math.min(from, to) / 2;
    for (let part = 0.05; part <= 0.9; part += 0.05) {
      const frequency = Math.round(part * half);
      const output = resample(
        Float32Array.from({ length: from / 5 }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / from)),
        [from, to],
      );
      const edge = Math.ceil(to * 0.03);
      const { amplitude } = fitSine(output, edge, output.length - edge, frequency, to);
      expect(Math.abs(20 * Math.log10(amplitude)), `${frequency} Hz`).toBeLessThan(0.01);
    }
  });

  it('lets nothing of more than 1.04 times the new half rate through when the rate falls', () => {
    for (const frequency of [8320, 8500, 9000, 12_000, 15_999, 20_000]) {
      const samples = Float32Array.from({ length: 48_000 }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / 48_000));
      const output = resample(samples, [48_000, 16_000]).subarray(400, 15_600);
      const rms = Math.sqrt(output.reduce((sum, sample) => sum + sample * sample, 0) / output.length);
      expect(20 * Math.log10(rms * Math.SQRT2), `${frequency} Hz`).toBeLessThan(-95);
    }
  });

  it('makes no images of more than 1.04 times the old half rate when the rate rises', () => {
    // Half a second of output, in which all of these are orthogonal: the image of 11,500 Hz at 12,500 Hz, and of 3,000 Hz at 21,000 Hz.
    for (const [frequency, image] of [
      [11_500, 12_500],
      [3000, 21_000],
    ] as const) {
      const samples = Float32Array.from({ length: 24_000 }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / 24_000));
      const { amplitude } = fitSine(resample(samples, [24_000, 48_000]), 1000, 25_000, image, 48_000);
      expect(20 * Math.log10(amplitude), `${image} Hz`).toBeLessThan(-95);
    }
  });

  it('keeps a constant constant in every phase', () => {
    for (const pair of pairs) {
      const output = resample(new Float32Array(6000).fill(0.5), pair);
      const edge = Math.ceil(400 * Math.max(1, pair[1] / pair[0]));
      const inner = output.subarray(edge, output.length - edge);
      expect(inner.length).toBeGreaterThan(1000);
      expect(inner.findIndex((sample) => Math.abs(sample - 0.5) > 1e-6)).toBe(-1);
    }
  });

  it.each(pairs)('gives every frame of the source and no more, tail included: %i to %i', (from, to) => {
    for (const frames of [1, 2, 3, 47, 48, 49, 147, 1000, 4801]) {
      expect(resample(noise(frames, frames), [from, to]).length).toBe(Math.ceil((frames * to) / from));
    }
    // An impulse on the very last sample is heard at its time.
    const last = new Float32Array(1001);
    last[1000] = 1;
    const output = resample(last, [from, to]);
    const loudest = output.reduce((best, sample, i) => (Math.abs(sample) > Math.abs(output[best]!) ? i : best), 0);
    expect(Math.abs(loudest / to - 1000 / from)).toBeLessThanOrEqual(1 / to);
    expect(output[loudest]).toBeGreaterThan(0.25);
  });

  it.each(pairs)('gives the same bits however the stream is cut: %i to %i', (from, to) => {
    const samples = noise(6000, 5);
    const whole = resample(samples, [from, to]);
    for (let seed = 1; seed <= 6; seed += 1) {
      const random = seededRandom(seed);
      const largest = [1, 7, 50, 333, 2000, 5000][seed - 1]!;
      const cut = resample(
        samples,
        [from, to],
        () => random.between(0, largest),
        () => random.between(1, 300),
      );
      expect(firstDifference(cut, whole)).toBe(-1);
    }
  });

  it('has no drift: each second of output takes exactly a second of the source', () => {
    for (const [from, to] of pairs) {
      const resampler = new Resampler(from, to);
      let pulled = 0;
      const source = {
        pull: (_target: Float32Array, _offset: number, count: number): number => {
          pulled += count;
          return count;
        },
      };
      const output = new Float32Array(to);
      resampler.render(source, output, 0, to);
      const first = pulled;
      const available = resampler.available(1000, false);
      for (let second = 1; second < 8; second += 1) {
        resampler.render(source, output, 0, to);
        expect(pulled).toBe(first + second * from);
        expect(resampler.available(1000, false)).toBe(available);
      }
    }
  });

  it.each([
    [0, 48_000],
    [24_000, Number.NaN],
    [24_000.5, 48_000],
    [-24_000, 48_000],
  ])('refuses rates that are none: %f to %f', (from, to) => {
    expect(() => new Resampler(from, to)).toThrow(RangeError);
  });
});
