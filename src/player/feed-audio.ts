import type { Alignment } from '../core/alignment.ts';
import type { SpeechChunk } from '../core/speech-chunk.ts';
import type { AudioFeeder } from './audio-feeder.ts';

/** What has come in since the last report. */
export interface FeedProgress {
  readonly alignment: Alignment | undefined;
  /** Seconds of audio so far. */
  readonly written: number;
}

/**
 * Moves a stream of speech to the audio thread and reports its timing as it comes.
 *
 * The end is told to the audio thread in any case, so that what came before a failure is heard.
 *
 * @throws whatever the stream throws
 */
export async function feedAudio(
  chunks: AsyncIterable<SpeechChunk>,
  feeder: AudioFeeder,
  onProgress: (progress: FeedProgress) => void,
): Promise<void> {
  let hasOriginal = false;
  try {
    for await (const { audio, alignment, normalizedAlignment } of chunks) {
      hasOriginal ||= alignment !== undefined;
      const room = feeder.write(audio);
      onProgress({ alignment: hasOriginal ? alignment : normalizedAlignment, written: feeder.written });
      await room;
    }
  } finally {
    feeder.end();
    onProgress({ alignment: undefined, written: feeder.written });
  }
}
