import { abortable } from '../core/abortable.ts';
import { chunksOf, type AudioSource } from './audio-source.ts';
import { createAudioFeeder } from './audio-feeder.ts';
import { feedAudio, type FeedProgress } from './feed-audio.ts';
import type { SampleFormat } from './sample-format.ts';

/** Where a source of the page goes, and how far ahead. */
export interface PageFeed {
  readonly format: SampleFormat;
  /** Seconds of audio to hold ready at most. */
  readonly bufferAhead: number;
  /** The feeder's end of the channel to the audio thread. */
  readonly port: MessagePort;
  readonly onProgress: (progress: FeedProgress) => void;
  readonly signal: AbortSignal;
}

/** Moves what the page has to the audio thread, on the page's own thread. */
export async function feedFromPage(source: AudioSource, feed: PageFeed): Promise<void> {
  const { format, bufferAhead, port, onProgress, signal } = feed;
  const chunks = untilAborted(chunksOf(source), signal);
  await feedAudio(chunks, createAudioFeeder(port, format, bufferAhead, signal), onProgress);
}

/** The values of `source` until `signal` aborts; a source that is silent then is left behind, and told to return. */
async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await abortable(signal, iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a generator that waits returns only when what it waits for has come.
    Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
