import { bytesPerSample, type OutputFormat } from '../core/output-format.ts';
import { SpeechError } from '../core/speech-error.ts';
import type { SampleEncoding } from '../worklet/messages.ts';

/** How the samples of a stream are held, and how many there are in a second. */
export interface SampleFormat {
  readonly encoding: SampleEncoding;
  /** In Hz. */
  readonly sampleRate: number;
  readonly bytesPerSample: number;
}

const encodings: ReadonlyMap<string, SampleEncoding> = /* @__PURE__ */ new Map([
  ['pcm', 's16le'],
  ['ulaw', 'mulaw'],
  ['alaw', 'alaw'],
]);

/** The highest sample rate that is believed, in Hz. */
const maxSampleRate = 384_000;

/**
 * The sample format that an output format of the service names: `pcm_24000` is 16-bit PCM at 24 kHz.
 *
 * @throws SpeechError `unsupported` for formats that the player does not decode
 */
export function sampleFormatOf(outputFormat: OutputFormat): SampleFormat {
  const [codec = '', rate] = outputFormat.split('_');
  const encoding = encodings.get(codec);
  const sampleRate = Number(rate);
  if (encoding && sampleRate >= 3000 && sampleRate <= maxSampleRate)
    return { encoding, sampleRate, bytesPerSample: bytesPerSample(outputFormat) };
  throw new SpeechError(
    'unsupported',
    `The player can't decode "${outputFormat}": ask for pcm_24000, or another pcm, ulaw or alaw format.`,
  );
}
