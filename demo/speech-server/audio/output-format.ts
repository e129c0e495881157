import type { SampleEncoding } from './encode-audio.ts';

/** What a request's `output_format` asks for. */
export interface OutputFormat {
  readonly encoding: SampleEncoding;
  /** Samples a second. */
  readonly sampleRate: number;
  readonly container: 'raw' | 'wav';
  readonly contentType: string;
}

const pcmRates = [8000, 16000, 22050, 24000, 32000, 44100, 48000];
const wavNames = pcmRates.map((rate) => `wav_${rate}`);

/** The service's formats for every call, those that this server can't make included. */
export const streamFormats: readonly string[] = [
  ...['22050_32', '24000_48', '44100_32', '44100_64', '44100_96', '44100_128', '44100_192'].map(
    (name) => `mp3_${name}`,
  ),
  ...pcmRates.map((rate) => `pcm_${rate}`),
  'ulaw_8000',
  'alaw_8000',
  ...[32, 64, 96, 128, 192].map((bitrate) => `opus_48000_${bitrate}`),
];

/** The service's formats for the calls that don't stream. */
export const wholeFormats: readonly string[] = [...streamFormats, ...wavNames];

const socketless = ['mp3_24000_48', 'pcm_32000', 'pcm_48000'];

/** The service's formats for the WebSockets. */
export const socketFormats: readonly string[] = streamFormats.filter((name) => !socketless.includes(name));

/** What the service sends if a request names no format. */
export const defaultFormat = 'mp3_44100_128';

/** The format of that name, or `undefined` if this server can't make it (MP3, Opus). */
export function parseOutputFormat(name: string): OutputFormat | undefined {
  const [codec, rate] = name.split('_');
  const sampleRate = Number(rate);
  if (codec === 'pcm') return { encoding: 'pcm', sampleRate, container: 'raw', contentType: 'audio/pcm' };
  if (codec === 'ulaw') return { encoding: 'ulaw', sampleRate, container: 'raw', contentType: 'audio/basic' };
  if (codec === 'alaw') return { encoding: 'alaw', sampleRate, container: 'raw', contentType: 'audio/x-alaw-basic' };
  if (codec === 'wav') return { encoding: 'pcm', sampleRate, container: 'wav', contentType: 'audio/wav' };
  return undefined;
}
