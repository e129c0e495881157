/** Zero crossings of the filter on either side; with the window below its stop band lies under -90 dB. */
const zeroCrossings = 32;
const kaiserBeta = 9;
/** The pass band's end, relative to half of the lower rate. */
const rollOff = 0.93;

interface Filter {
  readonly up: number;
  readonly down: number;
  /** Taps on either side of the centre. */
  readonly reach: number;
  /** For each of the `up` phases, `2 * reach` coefficients. */
  readonly phases: readonly Float64Array[];
}

const filters = new Map<string, Filter>();

/** A whole recording at another rate (both in Hz), band-limited by a windowed sinc and without delay; as long to the sample. */
export function resample(samples: Int16Array<ArrayBuffer>, from: number, to: number): Int16Array<ArrayBuffer> {
  if (from === to) return samples;
  const { up, down, reach, phases } = filterFor(from, to);
  const output = new Int16Array(Math.round((samples.length * to) / from));
  for (let index = 0; index < output.length; index++) {
    const position = index * down;
    const first = Math.floor(position / up) - reach + 1;
    const taps = phases[position % up] ?? new Float64Array(0);
    const begin = Math.max(0, -first);
    const end = Math.min(taps.length, samples.length - first);
    let sum = 0;
    for (let tap = begin; tap < end; tap++) sum += (samples[first + tap] ?? 0) * (taps[tap] ?? 0);
    output[index] = Math.max(-32768, Math.min(32767, Math.round(sum)));
  }
  return output;
}

function filterFor(from: number, to: number): Filter {
  const key = `${from}:${to}`;
  const known = filters.get(key);
  if (known !== undefined) return known;
  const divisor = greatestCommonDivisor(from, to);
  const up = to / divisor;
  const cutoff = rollOff * Math.min(1, to / from);
  const reach = Math.ceil(zeroCrossings / Math.min(1, to / from));
  const phases = Array.from({ length: up }, (_, phase) => phaseTaps(phase / up, reach, cutoff));
  const filter = { up, down: from / divisor, reach, phases };
  filters.set(key, filter);
  return filter;
}

/** The taps for an output sample that lies `fraction` of an input sample behind an input sample; their sum is 1. */
function phaseTaps(fraction: number, reach: number, cutoff: number): Float64Array {
  const taps = Float64Array.from({ length: 2 * reach }, (_, index) => {
    const distance = index - reach + 1 - fraction;
    return cutoff * sinc(cutoff * distance) * kaiser(distance / reach);
  });
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return x * x >= 1 ? 0 : bessel(kaiserBeta * Math.sqrt(1 - x * x)) / bessel(kaiserBeta);
}

/** The modified Bessel function of order 0, by its series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let order = 1; term > sum * 1e-12; order++) {
    term *= (x / (2 * order)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
