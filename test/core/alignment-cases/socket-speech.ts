import type { Alignment } from '../../../src/core/alignment.ts';
import { SpeechClock } from '../../../src/core/speech-clock.ts';
import { TimeBases, type TimeBase } from '../../../src/core/time-base.ts';
import { createWordTimeline, type WordTimeline } from '../../../src/core/word-timeline.ts';
import { speak } from './build-alignment.ts';

/** A message as it comes over a socket: the seconds of its audio, and timing on the wire's own base. */
export interface SocketMessage {
  readonly audio: number;
  readonly alignment?: Alignment | undefined;
  readonly normalizedAlignment?: Alignment | undefined;
}

/** What is made of the messages of a speech. */
export interface HeardSpeech {
  readonly timeline: WordTimeline;
  readonly placed: readonly Alignment[];
  readonly warnings: readonly string[];
}

/** The same timing, later by so many seconds. */
export function shiftAlignment({ characters, starts, ends }: Alignment, by: number): Alignment {
  return { characters, starts: starts.map((time) => time + by), ends: ends.map((time) => time + by) };
}

/** Each text said in a message of its own, a tenth of a second a character; an empty one is 0.1 s of audio without timing. */
export function sayOn(base: TimeBase, ...texts: readonly string[]): SocketMessage[] {
  let from = 0;
  return texts.map((text) => {
    const audio = (Array.from(text).length || 1) * 0.1;
    const alignment = text === '' ? undefined : speak(text, base === 'speech' ? from : 0);
    from += audio;
    return { audio, alignment };
  });
}

/** Places the original timing of every message and makes words of it, as a session does. */
export function hear(
  messages: readonly SocketMessage[],
  { text, bases = new TimeBases(), locale }: { text?: string | undefined; bases?: TimeBases; locale?: string } = {},
): HeardSpeech {
  const warnings: string[] = [];
  const clock = new SpeechClock(bases, { warn: (warning) => warnings.push(warning) });
  const timeline = createWordTimeline({ text, locale });
  const placed: Alignment[] = [];
  for (const { audio, alignment, normalizedAlignment } of messages) {
    const unspoken = text?.slice(timeline.spokenTo) ?? '';
    const timing = clock.place({ audio, alignment, normalizedAlignment, unspoken });
    if (!timing.alignment) continue;
    placed.push(timing.alignment);
    timeline.append(timing.alignment);
  }
  timeline.finish();
  clock.finish();
  return { timeline, placed, warnings };
}
