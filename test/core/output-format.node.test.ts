import { describe, expect, test } from 'vitest';
import { bytesPerSample, parseOutputFormat, type OutputFormat } from '../../src/core/output-format.ts';

describe('parseOutputFormat', () => {
  test.each<[OutputFormat, ReturnType<typeof parseOutputFormat>]>([
    ['mp3_44100_128', { codec: 'mp3', sampleRate: 44100, bitrate: 128_000 }],
    ['opus_48000_32', { codec: 'opus', sampleRate: 48000, bitrate: 32_000 }],
    ['pcm_8000', { codec: 'pcm', sampleRate: 8000, bitrate: undefined }],
    ['pcm_22050', { codec: 'pcm', sampleRate: 22050, bitrate: undefined }],
    ['ulaw_8000', { codec: 'ulaw', sampleRate: 8000, bitrate: undefined }],
    ['alaw_8000', { codec: 'alaw', sampleRate: 8000, bitrate: undefined }],
    ['wav_48000', { codec: 'wav', sampleRate: 48000, bitrate: undefined }],
  ])('takes %s apart', (format, parts) => {
    expect(parseOutputFormat(format)).toEqual(parts);
  });

  test.each(['', 'pcm', 'pcm_', 'pcm_0', 'flac_44100', 'pcm_24000_', 'PCM_24000', 'xpcm_24000', 'pcm_24000\n'])(
    'refuses %j',
    (format) => {
      expect(() => parseOutputFormat(format as OutputFormat)).toThrow(TypeError);
    },
  );
});

test.each<[OutputFormat, number]>([
  ['pcm_24000', 2],
  ['ulaw_8000', 1],
  ['alaw_8000', 1],
  ['mp3_44100_128', 1],
])('a sample of %s has %i bytes', (format, size) => {
  expect(bytesPerSample(format)).toBe(size);
});
