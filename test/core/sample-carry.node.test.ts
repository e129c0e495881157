import { describe, expect, test } from 'vitest';
import { createSampleCarry } from '../../src/core/sample-carry.ts';

describe('createSampleCarry', () => {
  test.each([1, 2, 3, 4])('keeps every byte in order in whole samples of %i', (bytesPerSample) => {
    const sizes = [1, 0, 3, 2, 1, 1, 5, 0, 7, 1];
    const carry = createSampleCarry(bytesPerSample);
    const given: number[] = [];
    let next = 0;
    for (const size of sizes) {
      const chunk = carry(Uint8Array.from({ length: size }, () => next++));
      expect(chunk.length % bytesPerSample).toBe(0);
      given.push(...chunk);
    }
    expect(given).toEqual(Array.from({ length: next - (next % bytesPerSample) }, (_, index) => index));
  });

  test('passes whole samples on without a copy', () => {
    const chunk = new Uint8Array(8);
    expect(createSampleCarry(2)(chunk)).toBe(chunk);
  });

  test('does not hold on to the buffer of a chunk that may be transferred', () => {
    const carry = createSampleCarry(2);
    const chunk = carry(new Uint8Array([1, 2, 3]));
    structuredClone(chunk.buffer, { transfer: [chunk.buffer] });
    expect([...carry(new Uint8Array([4]))]).toEqual([3, 4]);
  });
});
