import { createSincTable } from './sinc-table.ts';

/** Where a resampler takes its source samples from; it never asks twice for the same one. */
export interface SampleSource {
  /** Writes up to `count` samples to `target`, from `offset` on; gives how many there were. */
  pull(target: Float32Array, offset: number, count: number): number;
}

// Filter length at the lower of the two rates. With this window: flat to 0.9 of the lower half rate, 96 dB down from 1.03 on.
const tapsAtLowerRate = 96;
const beta = 9.62;
const cutoff = 0.964;
/** More phases than this are not tabled but interpolated between; every pair of common rates has fewer. */
const maxPhases = 512;
/** Outputs made from one filling of the line. */
const blockSize = 128;

/**
 * A band-limited sample-rate converter without delay: output frame `k` is the source at `k / outputRate` seconds. The position
 * is a whole number of source samples and a whole number of phases, so it is exact however long the stream. Each output is one
 * sum in one order, so how a stream was cut makes no difference to a bit. Equal rates: the samples themselves.
 */
export class Resampler {
  /** The rates by their greatest common divisor: per output the position moves on by `#step / #phases` source samples. */
  readonly #step: number;
  readonly #phases: number;
  readonly #rows: number;
  readonly #taps: number;
  readonly #table: Float32Array;
  /** Source samples, the first of them the first tap of the next output. */
  readonly #line: Float32Array;
  #lineStart = 0;
  /** The first output lies on the first sample: what its filter sees before that is silence. */
  #lineEnd: number;
  /** Of the next output: how far it is past a source sample, in `1 / #phases` of a sample. */
  #phase = 0;
  /** Source samples that were pulled and do not lie before the next output; negative where zeros stand for the end. */
  #ahead = 0;

  /** Rates in Hz, whole numbers; throws a `RangeError` for others. */
  constructor(sourceRate: number, outputRate: number) {
    if (!isRate(sourceRate) || !isRate(outputRate)) {
      throw new RangeError(`Not a pair of sample rates: ${sourceRate}, ${outputRate}`);
    }
    const divisor = greatestCommonDivisor(sourceRate, outputRate);
    this.#step = sourceRate / divisor;
    this.#phases = outputRate / divisor;
    this.#rows = Math.min(this.#phases, maxPhases);
    const stretch = Math.max(1, sourceRate / outputRate);
    // A multiple of four, as the sum goes by fours.
    this.#taps = sourceRate === outputRate ? 0 : 4 * Math.ceil((tapsAtLowerRate / 4) * stretch);
    this.#table = createSincTable({ phases: this.#rows, taps: this.#taps, cutoff: cutoff / stretch, beta });
    this.#line = new Float32Array(this.#taps + Math.ceil(4 * blockSize * stretch));
    this.#lineEnd = this.#taps / 2 - 1;
  }

  /** How many outputs can be made when `queued` samples can be pulled; if these are the last, the tail is counted too. */
  available(queued: number, areLast: boolean): number {
    const usable = this.#ahead + queued - (areLast ? 0 : this.#taps / 2);
    return Math.max(0, Math.ceil((usable * this.#phases - this.#phase) / this.#step));
  }

  /** Makes `count` outputs in `target`, from `offset` on; no more than are available. */
  render(source: SampleSource, target: Float32Array, offset: number, count: number): void {
    if (this.#taps === 0) {
      source.pull(target, offset, count);
      return;
    }
    for (let done = 0; done < count; done += blockSize) {
      this.#renderBlock(source, target, offset + done, Math.min(blockSize, count - done));
    }
  }

  #renderBlock(source: SampleSource, target: Float32Array, offset: number, count: number): void {
    this.#fill(source, Math.floor((this.#phase + (count - 1) * this.#step) / this.#phases) + this.#taps);
    const line = this.#line;
    const table = this.#table;
    const taps = this.#taps;
    const step = this.#step;
    const phases = this.#phases;
    const rows = this.#rows;
    let start = this.#lineStart;
    let phase = this.#phase;
    for (let i = offset; i < offset + count; i += 1) {
      // The index as a 32-bit integer: as a float it would be converted at every tap.
      const first = (Math.floor((phase * rows) / phases) * taps) | 0;
      convolve(line, start, table, first, taps, target, i);
      if (rows < phases) {
        const below = target[i] ?? 0;
        convolve(line, start, table, first + taps, taps, target, i);
        target[i] = below + (((phase * rows) % phases) / phases) * ((target[i] ?? 0) - below);
      }
      phase += step;
      while (phase >= phases) {
        phase -= phases;
        start += 1;
      }
    }
    this.#ahead -= start - this.#lineStart;
    this.#lineStart = start;
    this.#phase = phase;
  }

  /** Sees to it that `count` samples lie in the line from its start on. */
  #fill(source: SampleSource, count: number): void {
    const line = this.#line;
    if (this.#lineStart + count > line.length) {
      line.copyWithin(0, this.#lineStart, this.#lineEnd);
      this.#lineEnd -= this.#lineStart;
      this.#lineStart = 0;
    }
    const missing = this.#lineStart + count - this.#lineEnd;
    if (missing <= 0) return;
    const given = source.pull(line, this.#lineEnd, missing);
    // Behind the last sample there is silence.
    line.fill(0, this.#lineEnd + given, this.#lineEnd + missing);
    this.#lineEnd += missing;
    this.#ahead += given;
  }
}

/** Writes the sum to `target[index]`: V8 may allocate for a float that a function returns, but not for one it stores. */
function convolve(
  line: Float32Array,
  start: number,
  table: Float32Array,
  first: number,
  taps: number,
  target: Float32Array,
  index: number,
): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  // Four sums at a time: one alone waits for each addition to finish. Every index is in range, `?? 0` never happens.
  for (let tap = 0; tap < taps; tap += 4) {
    a += (line[start + tap] ?? 0) * (table[first + tap] ?? 0);
    b += (line[start + tap + 1] ?? 0) * (table[first + tap + 1] ?? 0);
    c += (line[start + tap + 2] ?? 0) * (table[first + tap + 2] ?? 0);
    d += (line[start + tap + 3] ?? 0) * (table[first + tap + 3] ?? 0);
  }
  target[index] = a + b + (c + d);
}

function isRate(rate: number): boolean {
  return Number.isSafeInteger(rate) && rate > 0;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
