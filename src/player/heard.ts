import type { Anchor } from '../worklet/messages.ts';
import type { Playback } from './playback.ts';

/** Seconds of the fade at the end of what was heard: a word that begins in it is not. */
const fade = 0.01;

/** What was heard of a speech that was interrupted. */
export interface Heard {
  /** The text up to the end of the last word that had begun. */
  readonly heardText: string;
  /** The position in the speech at which it fell silent, in seconds. */
  readonly heardTime: number;
}

/**
 * What was heard of a playback that is over.
 *
 * @param words - settles once its words are known as far as they will be
 * @param silence - where it fell silent, if it was stopped; the audio thread is asked rather than the clock
 */
export async function whatWasHeard(
  playback: Pick<Playback, 'state' | 'text' | 'words' | 'currentTime'>,
  words: Promise<void>,
  silence: Promise<Anchor | undefined> | undefined,
): Promise<Heard> {
  await words.catch(() => undefined);
  if (playback.state === 'ended') return { heardText: playback.text, heardTime: playback.currentTime };
  const anchor = await silence;
  const heardTime = anchor?.mediaTime ?? playback.currentTime;
  // A context that is held is cut off instead.
  const lastStart = anchor ? heardTime - fade : heardTime;
  const word = playback.words.findLast(({ start }) => start < lastStart);
  return { heardText: playback.text.slice(0, word?.textEnd ?? 0), heardTime };
}
