import { afterEach, expect, inject, it } from 'vitest';
import { createConversation, createPlayer, type Player } from '../../src/player/index.ts';

const request = { baseUrl: inject('speechServerUrl'), token: 'test', voiceId: 'kal16UsEnglishMale01' };
let player: Player | undefined;

afterEach(() => player?.close());

async function health(): Promise<Record<string, number>> {
  return (await fetch(`${request.baseUrl}/health`)).json() as Promise<Record<string, number>>;
}

it('speaks the turns of a conversation one after the other over one connection', async () => {
  player = createPlayer();
  const conversation = createConversation(player, request);
  const texts = ['Hello there.', 'How are you today?', 'Fine.'];
  const heard: string[][] = [[], [], []];
  const playbacks = texts.map((text) => conversation.speak(text));
  const ends: number[] = [];
  for (const [index, playback] of playbacks.entries()) {
    playback.addEventListener('word', ({ word }) => heard[index]?.push(word.text));
    void playback.finished.then(() => ends.push(index));
  }
  await expect.poll(async () => (await health())['open_sockets']).toBe(1);
  console.log(await health());
  expect(await Promise.all(playbacks.map(({ finished }) => finished))).toEqual(['ended', 'ended', 'ended']);
  expect(heard).toEqual([['Hello', 'there'], ['How', 'are', 'you', 'today'], ['Fine']]);
  expect(ends).toEqual([0, 1, 2]);
  console.log(
    playbacks.map((p) => p.metrics),
    await health(),
  );
  await conversation.close();
  await expect.poll(async () => (await health())['open_sockets']).toBe(0);
});

it('stops making speech that was interrupted', async () => {
  player = createPlayer({ bufferAhead: 5 });
  const conversation = createConversation(player, { ...request, headers: {} });
  const long = Array.from({ length: 40 }, () => 'The quick brown fox jumps over the lazy dog.').join(' ');
  const playback = conversation.speak(long);
  await new Promise((resolve) => playback.addEventListener('word', resolve, { once: true }));
  console.log(await player.interrupt(), await health());
  await new Promise((resolve) => setTimeout(resolve, 500));
  console.log(await health());
  const next = conversation.speak('And now for something else.');
  expect(await next.finished).toBe('ended');
});
