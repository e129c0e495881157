/** How well samples are a sine of a known frequency. */
export interface SineFit {
  readonly amplitude: number;
  /** In radians, of `amplitude * sin(2 pi f t + phase)`, where t is 0 at index 0. */
  readonly phase: number;
  /** Of the sine's power to that of everything else, in decibels. */
  readonly signalToNoise: number;
}

/** The least-squares sine of `frequency` in `samples[from]` to `samples[to - 1]`. */
export function fitSine(samples: Float32Array, from: number, to: number, frequency: number, rate: number): SineFit {
  const omega = (2 * Math.PI * frequency) / rate;
  let [ss, sc, cc, ys, yc] = [0, 0, 0, 0, 0];
  for (let i = from; i < to; i += 1) {
    const [s, c, y] = [Math.sin(omega * i), Math.cos(omega * i), samples[i]!];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    ys += y * s;
    yc += y * c;
  }
  const determinant = ss * cc - sc * sc;
  const a = (ys * cc - yc * sc) / determinant;
  const b = (yc * ss - ys * sc) / determinant;
  let noise = 0;
  for (let i = from; i < to; i += 1) noise += (samples[i]! - a * Math.sin(omega * i) - b * Math.cos(omega * i)) ** 2;
  const signal = ((a * a + b * b) / 2) * (to - from);
  return { amplitude: Math.hypot(a, b), phase: Math.atan2(b, a), signalToNoise: 10 * Math.log10(signal / noise) };
}

/** A sine of amplitude 0.9 that begins with phase 0, rounded to 16 bits. */
export function quantisedSine(frequency: number, rate: number, length: number): Int16Array<ArrayBuffer> {
  return Int16Array.from({ length }, (_, i) =>
    Math.round(0.9 * 32_767 * Math.sin((2 * Math.PI * frequency * i) / rate)),
  );
}
