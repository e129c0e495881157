import { describe, expect, it } from 'vitest';
import { createWordTimeline } from '../../src/core/index.ts';
import { whatWasHeard } from '../../src/player/heard.ts';
import type { PlaybackState } from '../../src/player/index.ts';
import type { Anchor } from '../../src/worklet/messages.ts';

const text = '“One, two… three!” ';

/** A playback whose words begin at 0.5, 1.0 and 1.5 seconds. */
function playbackThatIs(state: PlaybackState, currentTime = 0) {
  const timeline = createWordTimeline({ text });
  const characters = [...text];
  const starts = characters.map((_, index) => (index < 6 ? 0.5 : index < 11 ? 1 : 1.5));
  timeline.append({ characters, starts, ends: [...starts.slice(1), 2] });
  return { state, text, words: timeline.words, currentTime };
}

const known = Promise.resolve();
const stopAt = (mediaTime: number): Promise<Anchor> =>
  Promise.resolve({ type: 'anchor', reason: 'stop', contextFrame: 0, mediaTime, rate: 0 });

describe('what was heard', () => {
  it.each([
    [0, ''],
    [0.5, ''],
    [0.505, ''],
    [0.55, '“One'],
    [1, '“One'],
    [1.2, '“One, two'],
    [1.9, '“One, two… three'],
  ])('of a speech that fell silent at %d s is “%s”', async (time, heardText) => {
    const heard = await whatWasHeard(playbackThatIs('stopped', 0.1), known, stopAt(time));
    expect(heard).toEqual({ heardText, heardTime: time });
  });

  it.each([
    [0.5, ''],
    [0.505, '“One'],
    [1.2, '“One, two'],
  ])('is what the clock told, to the word, where the audio thread was cut off at %d s', async (time, heardText) => {
    const playback = playbackThatIs('stopped', time);
    expect(await whatWasHeard(playback, known, Promise.resolve(undefined))).toEqual({ heardText, heardTime: time });
    expect(await whatWasHeard(playback, known, undefined)).toEqual({ heardText, heardTime: time });
  });

  it('of a speech that came to its end is the whole text, with all that is no word', async () => {
    const heard = await whatWasHeard(playbackThatIs('ended', 2), known, undefined);
    expect(heard).toEqual({ heardText: text, heardTime: 2 });
  });

  it('waits for the words, and does without those that can not be found', async () => {
    const playback = playbackThatIs('stopped');
    const { words } = playback;
    playback.words = [];
    const found = Promise.resolve()
      .then(() => (playback.words = words))
      .then(() => undefined);
    expect((await whatWasHeard(playback, found, stopAt(1.2))).heardText).toBe('“One, two');
    const lost = Promise.reject(new Error('no code for words'));
    expect((await whatWasHeard({ ...playback, words: [] }, lost, stopAt(1.2))).heardText).toBe('');
  });
});
