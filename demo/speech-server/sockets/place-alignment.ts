import { splitSentences } from '../text/split-sentences.ts';
import type { AudioFrame, FrameTimes } from './cut-frames.ts';

/** The frames of a generation with all of its alignment on the first one and none on the others. */
export function alignAtOnce(frames: readonly AudioFrame[]): AudioFrame[] {
  return frames.map((frame, index) => ({
    audio: frame.audio,
    alignment: index === 0 ? joinTimes(frames.map(({ alignment }) => alignment)) : noTimes,
    normalizedAlignment: index === 0 ? joinTimes(frames.map((other) => other.normalizedAlignment)) : noTimes,
  }));
}

/**
 * The frames of a generation of `text` with alignments as the service sends them where a pronunciation dictionary is at work:
 * the second frame of a sentence carries all of the sentence once more, and those behind it nothing. The normalized one goes on.
 */
export function restartAlignments(frames: readonly AudioFrame[], text: string): AudioFrame[] {
  return bySentence(frames, text).flatMap((sentence) => {
    const whole = joinTimes(sentence.map(({ alignment }) => alignment));
    return sentence.map((frame, index) => {
      if (index === 0) return frame;
      return { ...frame, alignment: index === 1 ? whole : noTimes };
    });
  });
}

const noTimes: FrameTimes = { characters: [], starts: [], ends: [], base: 0 };

/** The frames of each sentence: those that begin in it. */
function bySentence(frames: readonly AudioFrame[], text: string): AudioFrame[][] {
  const groups: AudioFrame[][] = [];
  const lengths = splitSentences(text).map((sentence) => Array.from(sentence).length);
  let sentenceEnd = 0;
  let position = 0;
  for (const frame of frames) {
    const group = groups.at(-1);
    if (group !== undefined && position < sentenceEnd) group.push(frame);
    else groups.push([frame]);
    while (sentenceEnd <= position && lengths.length > 0) sentenceEnd += lengths.shift() ?? 0;
    position += frame.alignment.characters.length;
  }
  return groups;
}

function joinTimes(parts: readonly FrameTimes[]): FrameTimes {
  return {
    characters: parts.flatMap((part) => part.characters),
    starts: parts.flatMap((part) => part.starts),
    ends: parts.flatMap((part) => part.ends),
    base: parts[0]?.base ?? 0,
  };
}
