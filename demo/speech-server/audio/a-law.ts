/** One 16-bit sample in G.711 A-law. */
export function encodeALaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  // The negative half is the complement, not the negative, so that both halves have 4096 steps.
  const magnitude = (sample < 0 ? ~sample : sample) >> 3;
  const exponent = Math.max(0, 27 - Math.clz32(magnitude));
  const mantissa = (exponent === 0 ? magnitude >> 1 : magnitude >> exponent) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}
