import { vi } from 'vitest';
import type { Playback } from '../../src/player/index.ts';

/** The words that a playback tells of, in the order in which it does. */
export function wordsHeard(playback: Playback): readonly string[] {
  const heard: string[] = [];
  playback.addEventListener('word', ({ word }) => heard.push(word.text));
  return heard;
}

/** Resolves when a word is heard, the next one or a certain one. */
export function untilWord(playback: Playback, text?: string): Promise<void> {
  return new Promise((resolve) => {
    playback.addEventListener('word', ({ word }) => {
      if (text === undefined || word.text === text) resolve();
    });
  });
}

/** Resolves when a playback is in a state. */
export async function untilState(playback: Playback, state: Playback['state']): Promise<void> {
  await vi.waitUntil(() => playback.state === state, { timeout: 10_000, interval: 5 });
}

/** Keeps the page's thread busy. */
export function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
