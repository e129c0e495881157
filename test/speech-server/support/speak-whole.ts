import type { TimedCharacters } from '../../../demo/speech-server/alignment/timeline.ts';
import { speak } from '../../../demo/speech-server/speech/speak.ts';
import type { SpeechOrder } from '../../../demo/speech-server/speech/speech-piece.ts';

/** A whole speech in 16-bit PCM at 16 kHz, the engine's own rate. */
export interface WholeSpeech {
  readonly samples: Int16Array;
  /** In seconds. */
  readonly duration: number;
  readonly alignment: TimedCharacters;
  readonly normalizedAlignment: TimedCharacters;
}

const sampleRate = 16000;

export function speakWhole(
  engine: WebAssembly.Module,
  text: string,
  voice: SpeechOrder['voice'] = 'kal16',
  speed = 1,
): WholeSpeech {
  const pieces = [...speak(engine, { text, voice, speed, encoding: 'pcm', sampleRate })];
  const bytes = new Uint8Array(Buffer.concat(pieces.map((piece) => piece.audio)));
  const samples = new Int16Array(bytes.buffer);
  return {
    samples,
    duration: samples.length / sampleRate,
    alignment: join(pieces.map((piece) => piece.alignment)),
    normalizedAlignment: join(pieces.map((piece) => piece.normalizedAlignment)),
  };
}

function join(parts: readonly TimedCharacters[]): TimedCharacters {
  return {
    characters: parts.flatMap((part) => part.characters),
    starts: parts.flatMap((part) => part.starts),
    ends: parts.flatMap((part) => part.ends),
  };
}

/** The level of a stretch of a speech in dB relative to full scale; times in seconds. */
export function levelOf(speech: WholeSpeech, start: number, end: number): number {
  const part = speech.samples.subarray(Math.round(start * sampleRate), Math.round(end * sampleRate));
  const power = part.reduce((sum, sample) => sum + (sample / 32768) ** 2, 0) / Math.max(part.length, 1);
  return 10 * Math.log10(power + 1e-12);
}
