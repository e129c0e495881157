import { afterEach, expect, inject, it } from 'vitest';
import { createPlayer, type Player } from '../../src/player/index.ts';

const text = 'The quick brown fox jumps over the lazy dog. It costs $5 today. Good night, everybody.';
const request = { baseUrl: inject('speechServerUrl'), token: 'test', voiceId: 'kal16UsEnglishMale01' };
let player: Player | undefined;

afterEach(() => player?.close());

async function* tokensOf(whole: string, size = 3, pause = 1): AsyncGenerator<string> {
  for (let at = 0; at < whole.length; at += size) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    yield whole.slice(at, at + size);
  }
}

it('speaks a text that is still being written, and lights its words', async () => {
  player = createPlayer();
  const playback = player.speak({ ...request, text: tokensOf(text) });
  const words: string[] = [];
  playback.addEventListener('word', ({ word }) => words.push(word.text));
  playback.addEventListener('error', ({ error }) => console.log(error));
  expect(await playback.finished).toBe('ended');
  expect(words.join(' ')).toBe('The quick brown fox jumps over the lazy dog It costs $5 today Good night everybody');
  expect(playback.text).toBe(text);
  console.log(playback.metrics);
});

it('tells what was heard when it is interrupted', async () => {
  player = createPlayer();
  const playback = player.speak({ ...request, text: tokensOf(text) });
  await new Promise<void>((resolve) =>
    playback.addEventListener('word', ({ word }) => word.text === 'jumps' && resolve()),
  );
  const { heardText, heardTime } = await playback.interrupt();
  console.log(heardText, heardTime, playback.currentTime);
  expect(heardText).toBe('The quick brown fox jumps');
  expect(await playback.finished).toBe('stopped');
});
