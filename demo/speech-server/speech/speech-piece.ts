import type { TimedCharacters } from '../alignment/timeline.ts';
import type { SampleEncoding } from '../audio/encode-audio.ts';
import type { FliteVoice } from '../engine/flite-engine.ts';

/** What is to be spoken, and how. */
export interface SpeechOrder {
  readonly text: string;
  readonly voice: FliteVoice;
  /** Relative to the voice's own. */
  readonly speed: number;
  readonly encoding: SampleEncoding;
  readonly sampleRate: number;
}

/** A stretch of speech, about a sentence, and the characters whose sound begins in it. Times count from the speech's start. */
export interface SpeechPiece {
  readonly audio: Uint8Array<ArrayBuffer>;
  /** The characters of the text, as sent. */
  readonly alignment: TimedCharacters;
  /** The characters of what was spoken. */
  readonly normalizedAlignment: TimedCharacters;
}
