import type { Alignment } from './alignment.ts';
import { TextMatcher } from './match-text.ts';
import type { SegmentOptions } from './segment-words.ts';
import { segmentWords } from './segment-words.ts';
import { TailWords } from './tail-words.ts';
import { timedCharacters, type TimedCharacter } from './timed-characters.ts';
import { WordBuilder } from './word-builder.ts';
import type { Word } from './word.ts';

/** What a word timeline is made for. */
export interface WordTimelineOptions extends SegmentOptions {
  /** The text that was sent. Without it, the text is what the characters of the alignments add up to. */
  readonly text?: string | undefined;
}

/** The words of a speech and their times, while the alignment streams in. */
export interface WordTimeline {
  /** The text to which the words' ranges refer. */
  readonly text: string;
  /**
   * The words that have a time, in order: the same array always. A word is there once its first letter has a time; the last
   * one may still grow, by being replaced. Without a sent text, the words after the last white space may also be divided anew.
   */
  readonly words: readonly Word[];
  /** Takes the next alignment, in seconds from the start of the speech. Nothing is taken after `finish`. */
  append(alignment: Alignment): void;
  /** Gives the words that got no time an estimate, up to `end` in seconds: by default the end of the last character. */
  finish(end?: number): void;
}

interface CharacterSink {
  push(timed: TimedCharacter): void;
  settle(ended?: boolean): void;
}

/** A timeline without words, to be filled by its `append`. Words are estimated where the service gives no time for them. */
export function createWordTimeline({ text, ...options }: WordTimelineOptions = {}): WordTimeline {
  const builder = new WordBuilder();
  let sink: CharacterSink;
  let tail: TailWords | undefined;
  if (text === undefined) {
    sink = tail = new TailWords(builder, options);
  } else {
    builder.divide(0, segmentWords(text, options));
    sink = new TextMatcher(text, builder.place.bind(builder));
  }
  let latest: TimedCharacter | undefined;
  let isFinished = false;

  return {
    get text() {
      return text ?? tail?.text ?? '';
    },
    words: builder.words,
    append(alignment) {
      if (isFinished) return;
      for (const timed of timedCharacters(alignment, latest?.start ?? 0)) {
        sink.push(timed);
        latest = timed;
      }
      sink.settle();
    },
    finish(end = 0) {
      isFinished = true;
      sink.settle(true);
      builder.finish(Math.max(end, latest?.end ?? 0));
    },
  };
}
