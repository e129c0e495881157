/** What a playback has measured so far. */
export interface PlaybackMetrics {
  /** Seconds from the call to the first audible sample; `undefined` before it. */
  readonly timeToFirstSound: number | undefined;
  /** Seconds of audio that are ready beyond what is heard. */
  readonly bufferedAhead: number;
  readonly underruns: number;
}
