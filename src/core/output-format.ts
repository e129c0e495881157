/** The audio formats of every speech call, as codec, sample rate in Hz and, where it applies, bit rate in kbit/s. */
export type StreamOutputFormat =
  | 'mp3_22050_32'
  | 'mp3_24000_48'
  | 'mp3_44100_32'
  | 'mp3_44100_64'
  | 'mp3_44100_96'
  | 'mp3_44100_128'
  | 'mp3_44100_192'
  | 'pcm_8000'
  | 'pcm_16000'
  | 'pcm_22050'
  | 'pcm_24000'
  | 'pcm_32000'
  | 'pcm_44100'
  | 'pcm_48000'
  | 'ulaw_8000'
  | 'alaw_8000'
  | 'opus_48000_32'
  | 'opus_48000_64'
  | 'opus_48000_96'
  | 'opus_48000_128'
  | 'opus_48000_192';

/** The audio formats of the calls that answer with the whole speech: those that stream, and WAV. */
export type OutputFormat =
  | StreamOutputFormat
  | 'wav_8000'
  | 'wav_16000'
  | 'wav_22050'
  | 'wav_24000'
  | 'wav_32000'
  | 'wav_44100'
  | 'wav_48000';

/** What the service sends when no format is asked for. */
export const defaultOutputFormat: StreamOutputFormat = 'mp3_44100_128';

/** Bytes of one sample in the stream; 1 for formats that have no samples of a fixed size. */
export function bytesPerSample(format: OutputFormat): number {
  return format.startsWith('pcm_') ? 2 : 1;
}

/** An output format, taken apart. */
export interface AudioFormat {
  /** `pcm` is signed 16 bit, little-endian; all formats have one channel. */
  readonly codec: 'mp3' | 'pcm' | 'ulaw' | 'alaw' | 'opus' | 'wav';
  /** Hz. */
  readonly sampleRate: number;
  /** Bits per second, of the compressed formats. */
  readonly bitrate: number | undefined;
}

/**
 * An output format, taken apart.
 *
 * @throws TypeError when it is none.
 */
export function parseOutputFormat(format: OutputFormat): AudioFormat {
  const match = /^(mp3|pcm|ulaw|alaw|opus|wav)_([1-9]\d{3,5})(?:_(\d+))?$/.exec(format);
  if (!match) throw new TypeError('outputFormat is unknown: pass one such as "pcm_24000".');
  const [, codec, sampleRate, bitrate] = match;
  return {
    codec: codec as AudioFormat['codec'],
    sampleRate: Number(sampleRate),
    bitrate: bitrate === undefined ? undefined : Number(bitrate) * 1000,
  };
}
