import type { Word } from '../../src/core/word.ts';
import type { HighlightSource } from '../../src/player/highlight.ts';
import {
  StateChangeEvent,
  WordEvent,
  type PlaybackEventMap,
  type PlaybackState,
} from '../../src/player/playback-events.ts';
import { TypedEventTarget } from '../../src/player/typed-event-target.ts';

/** A playback without sound: its words are heard when a test says so. */
export class SilentPlayback extends TypedEventTarget<PlaybackEventMap> implements HighlightSource {
  text: string;
  currentWord: Word | undefined;

  constructor(text: string) {
    super();
    this.text = text;
  }

  get words(): Word[] {
    return [...this.text.matchAll(/[\p{L}\p{N}\p{M}'’\u00AD\u200B]+/gu)].map(
      ({ 0: text, index: textStart }, index) => ({
        index,
        text,
        textStart,
        textEnd: textStart + text.length,
        start: index,
        end: index + 1,
        estimated: false,
      }),
    );
  }

  hear(index: number): void {
    this.currentWord = this.words[index]!;
    this.dispatchEvent(new WordEvent('word', this.currentWord, 0));
  }

  endWord(index: number): void {
    this.currentWord = undefined;
    this.dispatchEvent(new WordEvent('wordend', this.words[index]!, 0));
  }

  enter(state: PlaybackState): void {
    this.dispatchEvent(new StateChangeEvent(state));
  }
}
