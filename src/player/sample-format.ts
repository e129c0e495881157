import { bytesPerSample, parseOutputFormat, type AudioFormat, type OutputFormat } from '../core/output-format.ts';
import { SpeechError } from '../core/speech-error.ts';
import type { SampleEncoding } from '../worklet/messages.ts';

/** How the samples of a stream are held, and how many there are in a second. */
export interface SampleFormat {
  readonly encoding: SampleEncoding;
  /** In Hz. */
  readonly sampleRate: number;
  readonly bytesPerSample: number;
}

const encodings: Readonly<Partial<Record<AudioFormat['codec'], SampleEncoding>>> = {
  pcm: 's16le',
  ulaw: 'mulaw',
  alaw: 'alaw',
};

/**
 * The sample format that an output format of the service names: `pcm_24000` is 16-bit PCM at 24 kHz.
 *
 * @throws SpeechError `unsupported` for formats that the player does not decode
 * @throws TypeError for what is no output format
 */
export function sampleFormatOf(outputFormat: OutputFormat): SampleFormat {
  const { codec, sampleRate } = parseOutputFormat(outputFormat);
  const encoding = encodings[codec];
  if (encoding !== undefined) return { encoding, sampleRate, bytesPerSample: bytesPerSample(outputFormat) };
  throw new SpeechError(
    'unsupported',
    `The player does not decode ${codec}; ask for pcm_24000, another pcm format, ulaw_8000 or alaw_8000.`,
  );
}
