import { describe, expect, test } from 'vitest';
import { encodeALaw } from '../../demo/speech-server/audio/a-law.ts';
import { encodeAudio } from '../../demo/speech-server/audio/encode-audio.ts';
import { encodeMuLaw } from '../../demo/speech-server/audio/mu-law.ts';
import { resample } from '../../demo/speech-server/audio/resample.ts';

function sine(frequency: number, rate: number, seconds = 0.5): Int16Array<ArrayBuffer> {
  return Int16Array.from({ length: rate * seconds }, (_, index) =>
    Math.round(16000 * Math.sin((2 * Math.PI * frequency * index) / rate)),
  );
}

/** The energy of a signal's middle against that of its difference from another, in dB. */
function signalToNoise(signal: Int16Array, wanted: Int16Array): number {
  const margin = Math.floor(wanted.length / 8);
  let power = 0;
  let noise = 0;
  for (let index = margin; index < wanted.length - margin; index++) {
    power += wanted[index]! ** 2;
    noise += (signal[index]! - wanted[index]!) ** 2;
  }
  return 10 * Math.log10(power / noise);
}

describe('the resampler', () => {
  test.each([8000, 22050, 24000, 32000, 44100, 48000])('keeps a tone in place from 16 kHz to %i', (rate) => {
    const resampled = resample(sine(1000, 16000), 16000, rate);
    const wanted = sine(1000, rate);
    expect(resampled.length).toBe(wanted.length);
    // Rounding to 16 bits alone leaves about 86 dB at this level.
    expect(signalToNoise(resampled, wanted)).toBeGreaterThan(80);
  });

  test('takes out what the lower rate cannot hold', () => {
    const resampled = resample(sine(5000, 16000), 16000, 8000);
    expect(Math.max(...resampled.subarray(500, 3500).map(Math.abs))).toBeLessThanOrEqual(2);
  });

  test('makes no image above the band of the lower rate', () => {
    const resampled = resample(sine(6500, 16000), 16000, 48000);
    expect(signalToNoise(resampled, sine(6500, 48000))).toBeGreaterThan(80);
  });

  test('gives samples at the same rate as they are', () => {
    const samples = sine(440, 16000);
    expect(resample(samples, 16000, 16000)).toBe(samples);
  });

  test('does not overflow at full scale', () => {
    const square = Int16Array.from({ length: 1600 }, (_, index) => (index % 40 < 20 ? 32767 : -32768));
    const resampled = resample(square, 16000, 48000);
    expect(resampled.every((sample, index) => index === 0 || Math.abs(sample - resampled[index - 1]!) < 40_000)).toBe(
      true,
    );
  });
});

// Reference decoders, by the tables of G.711: the middle of each code's interval.
function decodeMuLaw(code: number): number {
  const inverted = ~code & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + 0x84) << ((inverted >> 4) & 7)) - 0x84;
  return (inverted & 0x80) === 0 ? magnitude : -magnitude;
}

function decodeALaw(code: number): number {
  const toggled = code ^ 0x55;
  const exponent = (toggled >> 4) & 7;
  const mantissa = ((toggled & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (toggled & 0x80) === 0 ? -magnitude : magnitude;
}

describe('G.711', () => {
  test('has the codes of the standard at its corners', () => {
    expect([0, -1, 32767, -32768].map(encodeMuLaw)).toEqual([0xff, 0x7f, 0x80, 0x00]);
    expect([0, -1, 32767, -32768].map(encodeALaw)).toEqual([0xd5, 0x55, 0xaa, 0x2a]);
  });

  test('every code of mu-law and A-law is what its own value encodes to', () => {
    for (let code = 0; code < 256; code++) {
      // Mu-law has two zeros; the negative one is not made.
      if (code !== 0x7f) expect(encodeMuLaw(decodeMuLaw(code))).toBe(code);
      expect(encodeALaw(decodeALaw(code))).toBe(code);
    }
  });

  test('every sample comes back within half a step', () => {
    const samples = Array.from({ length: 65536 }, (_, index) => index - 32768);
    // A step is at most a sixteenth of the value; mu-law counts from a bias of 132.
    const outsideMuLaw = samples.filter(
      (sample) => Math.abs(decodeMuLaw(encodeMuLaw(sample)) - sample) > (Math.abs(sample) + 132) / 32,
    );
    const outsideALaw = samples.filter(
      (sample) => Math.abs(decodeALaw(encodeALaw(sample)) - sample) > Math.max(8, Math.abs(sample) / 32),
    );
    expect(outsideMuLaw).toEqual([]);
    expect(outsideALaw).toEqual([]);
  });
});

test('PCM is little-endian', () => {
  expect([...encodeAudio(Int16Array.of(1, -2, 0x1234), 'pcm')]).toEqual([1, 0, 0xfe, 0xff, 0x34, 0x12]);
});
