import { describe, expect, it } from 'vitest';
import { createSampleDecoder } from '../../src/worklet/decode-samples.ts';
import type { SampleEncoding } from '../../src/worklet/messages.ts';

function decodeAll(encoding: SampleEncoding, bytes: Uint8Array): Float32Array {
  const { bytesPerSample, decode } = createSampleDecoder(encoding);
  const samples = new Float32Array(bytes.length / bytesPerSample);
  decode(bytes, 0, samples, 0, samples.length);
  return samples;
}

/** The decoder output values of ITU-T G.711: the midpoints of quantisation intervals of the given widths and numbers. */
function midpoints(intervals: readonly (readonly [width: number, count: number])[]): number[] {
  const values: number[] = [];
  let edge = 0;
  for (const [width, count] of intervals) {
    for (let i = 0; i < count; i += 1) {
      values.push(edge + width / 2);
      edge += width;
    }
  }
  return values;
}

// Table 2 of G.711: one interval of 1 around zero (0.5 to each side, whose output value is 0), 15 of 2, then 16 in each segment.
const mulawValues = [
  0,
  ...midpoints([[1, 1], [2, 15], ...[4, 8, 16, 32, 64, 128, 256].map((width) => [width, 16] as const)]).slice(1),
];
// Table 1 of G.711: 32 intervals of 2, then 16 in each segment.
const alawValues = midpoints([[2, 32], ...[4, 8, 16, 32, 64, 128].map((width) => [width, 16] as const)]);

describe('createSampleDecoder', () => {
  it('gives all 65,536 values of s16le exactly', () => {
    const bytes = new Uint8Array(2 * 65_536);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < 65_536; i += 1) view.setInt16(2 * i, i - 32_768, true);
    const samples = decodeAll('s16le', bytes);
    expect(samples.findIndex((sample, i) => sample !== (i - 32_768) / 32_768)).toBe(-1);
    expect([samples[0], samples[65_535]]).toEqual([-1, 32_767 / 32_768]);
  });

  it('gives all 256 codes of mu-law as G.711 tabulates them', () => {
    const samples = decodeAll(
      'mulaw',
      Uint8Array.from({ length: 256 }, (_, code) => code),
    );
    expect([mulawValues.length, mulawValues[127]]).toEqual([128, 8031]);
    for (let code = 0; code < 256; code += 1) {
      // All bits are sent inverted; a first bit of 1 is positive.
      const value = mulawValues[127 - (code & 127)]!;
      const expected = (4 * (code & 128 ? value : 0 - value)) / 32_768;
      expect(samples[code], `code ${code}`).toBe(expected);
    }
  });

  it('gives all 256 codes of A-law as G.711 tabulates them', () => {
    const samples = decodeAll(
      'alaw',
      Uint8Array.from({ length: 256 }, (_, code) => code),
    );
    expect([alawValues.length, alawValues[127]]).toEqual([128, 4032]);
    for (let code = 0; code < 256; code += 1) {
      // Even bits are sent inverted; a first bit of 1 is positive.
      const value = alawValues[(code ^ 0x55) & 127]!;
      expect(samples[code], `code ${code}`).toBe((8 * (code & 128 ? value : -value)) / 32_768);
    }
  });

  it('decodes a run from the middle and touches nothing around its target', () => {
    const { decode } = createSampleDecoder('s16le');
    const target = new Float32Array(6).fill(9);
    decode(new Uint8Array([0, 0, 0xff, 0x7f, 0x00, 0x80, 1, 0]), 2, target, 2, 2);
    expect([...target]).toEqual([9, 9, 32_767 / 32_768, -1, 9, 9]);
  });

  it('refuses an encoding that it does not know', () => {
    expect(() => createSampleDecoder('mp3' as SampleEncoding)).toThrow(RangeError);
  });
});
