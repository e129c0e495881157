import type { FeedProgress } from './feed-audio.ts';

/** What the player hands to a playback. */
export interface PlaybackSetup {
  readonly context: AudioContext;
  /** The node, connected to where it sounds. */
  readonly node: Promise<AudioWorkletNode>;
  /** Fetches and feeds; settles when the last sample is with the audio thread. */
  readonly feed: (onProgress: (progress: FeedProgress) => void, signal: AbortSignal) => Promise<void>;
  /** The text so far, which may grow. */
  readonly text: () => string | undefined;
  readonly locale: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called once it is over, whatever the end. */
  readonly onOver: () => void;
}
