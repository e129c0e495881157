import { encodeALaw } from './a-law.ts';
import { encodeMuLaw } from './mu-law.ts';

/** How a sample is written: 16-bit little-endian, or one byte of G.711. */
export type SampleEncoding = 'pcm' | 'ulaw' | 'alaw';

/** The bytes of one sample. */
export function bytesPerSample(encoding: SampleEncoding): number {
  return encoding === 'pcm' ? 2 : 1;
}

export function encodeAudio(samples: Int16Array<ArrayBuffer>, encoding: SampleEncoding): Uint8Array<ArrayBuffer> {
  if (encoding === 'ulaw') return Uint8Array.from(samples, encodeMuLaw);
  if (encoding === 'alaw') return Uint8Array.from(samples, encodeALaw);
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  for (const [index, sample] of samples.entries()) view.setInt16(2 * index, sample, true);
  return bytes;
}
