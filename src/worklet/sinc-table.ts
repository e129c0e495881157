/** What a table of windowed-sinc filters is made for. */
export interface SincTableShape {
  /** Positions between two source samples for which there is a filter. */
  readonly phases: number;
  /** Length of each filter in source samples; even. */
  readonly taps: number;
  /** Where the response has fallen by 6 dB, as a fraction of half the source's rate. */
  readonly cutoff: number;
  /** Of the Kaiser window: more is a deeper stopband and a wider transition. */
  readonly beta: number;
}

/**
 * A polyphase bank of Kaiser-windowed sinc filters: `phases + 1` rows of `taps` coefficients. Row `p` evaluates the source
 * `p / phases` of a sample after the tap at index `taps / 2 - 1`; the last row repeats the first one a tap later, for those
 * who interpolate between rows.
 */
export function createSincTable({ phases, taps, cutoff, beta }: SincTableShape): Float32Array {
  const table = new Float32Array((phases + 1) * taps);
  const half = taps / 2;
  for (let phase = 0; phase <= phases; phase += 1) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const distance = phase / phases + half - 1 - tap;
      const value = sinc(cutoff * distance) * kaiser(distance / half, beta);
      table[phase * taps + tap] = value;
      sum += value;
    }
    // Each row by itself has unity gain at 0 Hz: a constant source gives a constant output in every phase.
    for (let i = phase * taps; i < (phase + 1) * taps; i += 1) table[i] = (table[i] ?? 0) / sum;
  }
  return table;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The Kaiser window at `x` of its half width, up to a constant factor. */
function kaiser(x: number, beta: number): number {
  return x * x >= 1 ? 0 : besselI0(beta * Math.sqrt(1 - x * x));
}

/** The modified Bessel function of the first kind and order zero, by its power series. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}
