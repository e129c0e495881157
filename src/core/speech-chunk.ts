import type { Alignment } from './alignment.ts';

/** A piece of speech as it arrives: some audio, some timing, or both. */
export interface SpeechChunk {
  /** Audio in the stream's output format; PCM, mu-law and A-law hold whole samples. May be empty. */
  readonly audio: Uint8Array<ArrayBuffer>;
  /** Timing of the characters that were sent, for this piece; `undefined` where the service gave none. */
  readonly alignment: Alignment | undefined;
  /** Timing of the characters as they were spoken (numbers spelt out, dictionaries applied), for this piece. */
  readonly normalizedAlignment: Alignment | undefined;
}
