import type { SampleEncoding } from './messages.ts';

/** Decodes `count` samples whose bytes begin at `from` into `target`, beginning at `offset`, as floats in [-1, 1). */
type DecodeSamples = (bytes: Uint8Array, from: number, target: Float32Array, offset: number, count: number) => void;

/** How one encoding is read: the size of a sample, and the function that decodes a run of them without allocating. */
export interface SampleDecoder {
  readonly bytesPerSample: number;
  readonly decode: DecodeSamples;
}

/** The decoder of an encoding; throws a `RangeError` for a name that is none. Tables are made here, not while decoding. */
export function createSampleDecoder(encoding: SampleEncoding): SampleDecoder {
  if (encoding === 's16le') return { bytesPerSample: 2, decode: decodeS16le };
  if (encoding === 'mulaw') return { bytesPerSample: 1, decode: tableDecoder(mulawToLinear) };
  if (encoding === 'alaw') return { bytesPerSample: 1, decode: tableDecoder(alawToLinear) };
  throw new RangeError(`Not a sample encoding: ${String(encoding)}`);
}

// 32,768 for both signs: every 16-bit value then has an exact float, and the float gives the same value back.
const fullScale = 32_768;

function decodeS16le(bytes: Uint8Array, from: number, target: Float32Array, offset: number, count: number): void {
  // Two bytes a sample rather than an Int16Array: independent of the machine's byte order and of the buffer's alignment.
  for (let i = 0, at = from; i < count; i += 1, at += 2) {
    target[offset + i] = ((((bytes[at + 1] ?? 0) << 24) | ((bytes[at] ?? 0) << 16)) >> 16) / fullScale;
  }
}

function tableDecoder(toLinear: (code: number) => number): DecodeSamples {
  const table = Float32Array.from({ length: 256 }, (_, code) => toLinear(code) / fullScale);
  return (bytes, from, target, offset, count) => {
    for (let i = 0; i < count; i += 1) target[offset + i] = table[bytes[from + i] ?? 0] ?? 0;
  };
}

/** ITU-T G.711 mu-law, scaled from 14 bits to 16. */
function mulawToLinear(code: number): number {
  const inverted = ~code & 0xff;
  const exponent = (inverted >> 4) & 7;
  const magnitude = ((((inverted & 15) << 3) + 0x84) << exponent) - 0x84;
  return inverted & 0x80 ? 0 - magnitude : magnitude;
}

/** ITU-T G.711 A-law, scaled from 13 bits to 16. */
function alawToLinear(code: number): number {
  const plain = code ^ 0x55;
  const exponent = (plain >> 4) & 7;
  const mantissa = ((plain & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return plain & 0x80 ? magnitude : -magnitude;
}
