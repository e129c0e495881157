import type { SpeechError } from '../core/speech-error.ts';
import type { Word } from '../core/word.ts';

/**
 * What a playback is doing: waiting for the first audio, sounding, held by the caller, waiting for the network in
 * mid-speech, held by the browser (autoplay rule, a phone call), or over.
 */
export type PlaybackState =
  | 'loading'
  | 'playing'
  | 'paused'
  | 'buffering'
  | 'suspended'
  | 'ended'
  | 'stopped'
  | 'failed';

/** Tells that the state has changed. */
export class StateChangeEvent extends Event {
  readonly state: PlaybackState;

  constructor(state: PlaybackState) {
    super('statechange');
    this.state = state;
  }
}

/** Tells that a word is heard (`word`) or has been silent for a while (`wordend`). */
export class WordEvent extends Event {
  readonly word: Word;
  /** Seconds between the word's start and the moment at which the current frame is seen; negative when early. */
  readonly lag: number;

  constructor(type: 'word' | 'wordend', word: Word, lag: number) {
    super(type);
    this.word = word;
    this.lag = lag;
  }
}

/** Tells that the audio ran out before its end; playback goes on by itself, nothing is skipped. */
export class UnderrunEvent extends Event {
  /** Seconds from the start of the speech at which playback holds. */
  readonly time: number;

  constructor(time: number) {
    super('underrun');
    this.time = time;
  }
}

/** Tells why a playback failed; what had arrived is still played to its end. */
export class PlaybackErrorEvent extends Event {
  readonly error: SpeechError | TypeError;

  constructor(error: SpeechError | TypeError) {
    super('error');
    this.error = error;
  }
}

/** The events of a playback, by name. */
export interface PlaybackEventMap {
  statechange: StateChangeEvent;
  word: WordEvent;
  wordend: WordEvent;
  underrun: UnderrunEvent;
  ended: Event;
  error: PlaybackErrorEvent;
}
