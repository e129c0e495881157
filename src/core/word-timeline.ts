import type { Alignment } from './alignment.ts';
import { TextMatcher } from './match-text.ts';
import type { SegmentOptions } from './segment-words.ts';
import { timedCharacters, type TimedCharacter } from './timed-characters.ts';
import { WordBuilder } from './word-builder.ts';
import type { Word } from './word.ts';

/** What a word timeline is made for. */
export interface WordTimelineOptions extends SegmentOptions {
  /**
   * The text that was sent, or as much of it as is written; `''` for a text of which all is to come by `extend`. Without it,
   * the text is what the characters of the alignments add up to.
   */
  readonly text?: string | undefined;
}

/** The words of a speech and their times, while the alignment streams in. */
export interface WordTimeline {
  /** The text to which the words' ranges refer, as far as it is known. */
  readonly text: string;
  /**
   * Where in `text` (UTF-16) the speech has come to: the first letter, digit or sign to be read out that was neither spoken
   * nor stepped over, or else the end of the text so far. White space and punctuation count with what is before them, so that
   * it is at or behind the end of a word exactly when all that can be heard of the word is placed. `finish` places what is
   * left of the speech, but what it only estimates was not spoken.
   */
  readonly spokenTo: number;
  /**
   * The words that have a time, in order: the same array always. A word is there once its first letter has a time; the last
   * one may still grow, by being replaced. While the text grows, its last word may too, and the words that follow one another
   * without a gap up to the end may be divided anew.
   */
  readonly words: readonly Word[];
  /**
   * Adds what was sent since, divided anywhere between two characters. Text should come before its speech: what is spoken
   * beyond the text so far waits for it. Nothing is taken after `finish`.
   *
   * Throws a `TypeError` if the timeline was made without a text.
   */
  extend(more: string): void;
  /** Takes the next alignment, in seconds from the start of the speech. Nothing is taken after `finish`. */
  append(alignment: Alignment): void;
  /** Gives the words that got no time an estimate, up to `end` in seconds: by default the end of the last character. */
  finish(end?: number): void;
}

/** A timeline without words, to be filled by its `append`. Words are estimated where the service gives no time for them. */
export function createWordTimeline({ text, ...options }: WordTimelineOptions = {}): WordTimeline {
  const builder = new WordBuilder(options);
  const matcher = new TextMatcher(builder.place.bind(builder));
  let latest: TimedCharacter | undefined;
  let isFinished = false;

  function extend(more: string): void {
    builder.extend(more);
    matcher.extend(more);
    matcher.settle();
  }
  if (text !== undefined) extend(text);

  return {
    get text() {
      return builder.text;
    },
    get spokenTo() {
      return matcher.spokenTo;
    },
    words: builder.words,
    extend(more) {
      if (text === undefined) {
        throw new TypeError("To extend a word timeline, create it with the text so far, which may be ''.");
      }
      if (!isFinished) extend(more);
    },
    append(alignment) {
      if (isFinished) return;
      let heard = '';
      for (const timed of timedCharacters(alignment, latest?.start ?? 0)) {
        if (text === undefined) {
          heard += timed.character;
          matcher.extend(timed.character);
        }
        matcher.push(timed);
        latest = timed;
      }
      if (heard !== '') builder.extend(heard);
      matcher.settle();
    },
    finish(end = 0) {
      isFinished = true;
      matcher.settle(true);
      builder.finish(Math.max(end, latest?.end ?? 0));
    },
  };
}
