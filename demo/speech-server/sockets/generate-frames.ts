import { bytesPerSample } from '../audio/encode-audio.ts';
import type { SpeechOrder, SpeechPiece } from '../speech/speech-piece.ts';
import type { Faults } from '../wire/faults.ts';
import type { AudioFrame } from './cut-frames.ts';
import { cutFrames } from './cut-frames.ts';
import { alignAtOnce, restartAlignments } from './place-alignment.ts';

/**
 * The frames of a generation. With an alignment of its own on each frame they come as they are spoken; where the first one
 * carries all of it they come when all is spoken.
 */
export async function* generateFrames(
  speech: AsyncIterable<SpeechPiece>,
  order: SpeechOrder,
  hasSyncAlignment: boolean,
  faults: Faults,
): AsyncGenerator<AudioFrame, void, undefined> {
  const frames = cutFrames(speech, {
    sampleRate: order.sampleRate,
    bytesPerSample: bytesPerSample(order.encoding),
    splitsWords: Boolean(faults.split_words),
  });
  if (hasSyncAlignment && !faults.restart_alignment) {
    yield* frames;
    return;
  }
  const all: AudioFrame[] = [];
  for await (const frame of frames) all.push(frame);
  yield* hasSyncAlignment ? restartAlignments(all, order.text) : alignAtOnce(all);
}
