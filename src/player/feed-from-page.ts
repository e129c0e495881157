import { SpeechError } from '../core/speech-error.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { chunksOf, type AudioSource } from './audio-source.ts';
import { createAudioFeeder } from './audio-feeder.ts';
import { feedAudio } from './feed-audio.ts';
import type { PlaybackFeed } from './player.ts';

/**
 * Moves what the page has to the audio thread, on the page's own thread.
 *
 * @throws SpeechError `protocol` when it ends without any audio, unless it is live speech, which may have had nothing to say
 */
export async function feedFromPage(source: AudioSource, feed: PlaybackFeed): Promise<void> {
  const { sampleFormat, bufferAhead, port, onProgress, signal } = feed;
  const chunks = untilAborted(chunksOf(source), signal);
  const feeder = createAudioFeeder(port, sampleFormat, bufferAhead, signal);
  await feedAudio(chunks, feeder, onProgress);
  if (feeder.written > 0 || 'send' in source) return;
  throw new SpeechError('protocol', 'The speech has no audio: check text, voice and model.');
}
