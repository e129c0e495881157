import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Playback, SpeakRequest } from '../../src/player/index.ts';
import { createGate } from '../support/gate.ts';
import { tokensOf } from '../support/heard-speech.ts';
import { block, untilState, untilWord, wordsHeard } from '../support/heard-words.ts';
import { samplesOf, service } from '../support/local-speech.ts';
import { rejection } from '../support/rejection.ts';
import { differences, joinSamples, offsetOf } from '../support/tap.ts';
import { createTappedPlayer, type TappedPlayer } from '../support/tapped-player.ts';

const [hello, question, answer] = ['Hello there.', 'How are you today?', 'Fine, thank you.'] as const;
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

let tapped: TappedPlayer;

beforeEach(async () => {
  tapped = await createTappedPlayer();
});

afterEach(() => tapped.close());

function queue(text: SpeakRequest['text'], request: Partial<SpeakRequest> = {}): Playback {
  return tapped.player.speak({ ...service, text, whenSpeaking: 'queue', ...request });
}

/** Fails unless the speeches were heard one behind the other, without a frame between them, and nothing else was. */
async function expectGapless(texts: readonly string[]): Promise<void> {
  const expected = joinSamples(await Promise.all(texts.map(samplesOf)));
  const { samples } = await tapped.tap.record();
  const offset = offsetOf(expected, samples);
  expect(differences(expected, samples, offset)).toEqual([]);
  expect(samples.subarray(offset + expected.length).every((sample) => sample === 0)).toBe(true);
}

/** The outcomes and the order in which they came. */
async function outcomes(playbacks: readonly Playback[]): Promise<readonly string[]> {
  const told: string[] = [];
  await Promise.allSettled(
    playbacks.map(({ finished }, index) =>
      finished.then(
        (outcome) => told.push(`${index} ${outcome}`),
        () => told.push(`${index} failed`),
      ),
    ),
  );
  return told;
}

describe('speeches in a queue', () => {
  it('follow each other without a gap, be their text whole or still being written', async () => {
    const playbacks = [queue(hello), queue(tokensOf(question)), queue(answer), queue(tokensOf(hello))];
    expect(await outcomes(playbacks)).toEqual(['0 ended', '1 ended', '2 ended', '3 ended']);
    await expectGapless([hello, question, answer, hello]);
  });

  it('follow each other without a gap while the page is blocked', async () => {
    const playbacks = [queue(hello), queue(question), queue(tokensOf(answer))];
    const words = playbacks.map(wordsHeard);
    await untilWord(playbacks[0]!);
    await wait(300);
    block(2000);
    expect(await outcomes(playbacks)).toEqual(['0 ended', '1 ended', '2 ended']);
    await expectGapless([hello, question, answer]);
    expect(words).toEqual([
      ['Hello', 'there'],
      ['How', 'are', 'you', 'today'],
      ['Fine', 'thank', 'you'],
    ]);
  });

  it('have their own words, states and times', async () => {
    const playbacks = [queue(hello), queue(tokensOf(question))];
    const words = playbacks.map(wordsHeard);
    const [first, second] = playbacks as [Playback, Playback];
    await untilState(first, 'playing');
    expect(second.state).toBe('loading');
    expect(second.currentTime).toBe(0);
    expect(second.currentWord).toBeUndefined();
    expect(await first.finished).toBe('ended');
    const times: number[] = [];
    second.addEventListener('word', ({ word }) => times.push(Math.abs(second.currentTime - word.start)));
    expect(await second.finished).toBe('ended');
    expect(words).toEqual([
      ['Hello', 'there'],
      ['How', 'are', 'you', 'today'],
    ]);
    // Nearer to their own start than to any other word's.
    expect(Math.max(...times)).toBeLessThan(0.15);
    expect(first.currentTime).toBe(first.duration);
    expect(second.currentTime).toBe(second.duration);
    expect(second.duration).toBeCloseTo((await samplesOf(question)).length / 24_000, 6);
  });

  it('go on with the next when the one that is heard is stopped', async () => {
    const playbacks = [queue(`${hello} ${hello}`), queue(question)];
    await untilWord(playbacks[0]!, 'there');
    await untilState(playbacks[0]!, 'playing');
    playbacks[0]!.stop();
    expect(await outcomes(playbacks)).toEqual(['0 stopped', '1 ended']);
    const expected = await samplesOf(question);
    const { samples } = await tapped.tap.record();
    const end = samples.findLastIndex((sample) => sample !== 0);
    const offset = end - expected.findLastIndex((sample) => sample !== 0);
    expect(differences(expected, samples, offset)).toEqual([]);
  });

  it.each([0, 300])('leave one out that is stopped before its turn, after %i ms', async (delay) => {
    const playbacks = [queue(hello), queue(question), queue(answer)];
    await wait(delay);
    playbacks[1]!.stop();
    expect(await outcomes(playbacks)).toEqual(['1 stopped', '0 ended', '2 ended']);
    await expectGapless([hello, answer]);
  });

  it.each([0, 300])('follow what plays when the last was stopped in the same task, after %i ms', async (delay) => {
    const first = queue(hello);
    const second = queue(question);
    await wait(delay);
    second.stop();
    const third = queue(answer);
    expect(await outcomes([first, second, third])).toEqual(['1 stopped', '0 ended', '2 ended']);
    await expectGapless([hello, answer]);
  });

  it('wait while the one before is paused', async () => {
    const [first, second] = [queue(hello), queue(question)];
    await untilWord(first);
    first.pause();
    await wait(1500);
    expect(second.state).toBe('loading');
    const { length } = (await tapped.tap.record()).samples;
    first.resume();
    expect(await outcomes([first, second])).toEqual(['0 ended', '1 ended']);
    const { samples } = await tapped.tap.record();
    expect(samples.subarray(length - 12_000, length).every((sample) => sample === 0)).toBe(true);
    const expected = await samplesOf(question);
    const offset = samples.findLastIndex((sample) => sample !== 0) - expected.findLastIndex((sample) => sample !== 0);
    expect(differences(expected, samples, offset)).toEqual([]);
  });

  it('wait while they are paused themselves', async () => {
    const [first, second] = [queue(hello), queue(question)];
    second.pause();
    expect(await first.finished).toBe('ended');
    await wait(300);
    expect(second.state).toBe('paused');
    expect(second.currentTime).toBe(0);
    second.resume();
    expect(await second.finished).toBe('ended');
    const expected = await samplesOf(question);
    const { samples } = await tapped.tap.record();
    const offset = samples.findLastIndex((sample) => sample !== 0) - expected.findLastIndex((sample) => sample !== 0);
    expect(differences(expected, samples, offset)).toEqual([]);
  });

  it.each(['http', 'live'])('go on when one of them fails (%s)', async (kind) => {
    const playbacks = [
      queue(hello),
      kind === 'http' ? queue(question, { voiceId: 'nobody' }) : queue(tokensOf(question), { token: 'invalid' }),
      queue(answer),
    ];
    expect(await outcomes(playbacks)).toEqual(['1 failed', '0 ended', '2 ended']);
    await expectGapless([hello, answer]);
  });

  it('go on with one whose text comes late as soon as it is there', async () => {
    const gate = createGate();
    async function* late(): AsyncGenerator<string> {
      await gate.opened;
      yield question;
    }
    const playbacks = [queue(hello), queue(late()), queue(answer)];
    const words = wordsHeard(playbacks[2]!);
    expect(await playbacks[0]!.finished).toBe('ended');
    await wait(500);
    expect(words).toEqual([]);
    gate.open();
    expect(await outcomes(playbacks)).toEqual(['0 ended', '1 ended', '2 ended']);
  });

  it('all end with the signal that they share, and none gets its turn', async () => {
    const caller = new AbortController();
    const { signal } = caller;
    const playbacks = [queue(hello, { signal }), queue(question, { signal }), queue(answer, { signal })];
    await untilWord(playbacks[0]!);
    caller.abort(new Error('enough'));
    for (const { finished } of playbacks) expect(await rejection(finished)).toBe(signal.reason);
    const { length } = (await tapped.tap.record()).samples;
    await wait(500);
    const { samples } = await tapped.tap.record();
    expect(samples.subarray(length + 2400).every((sample) => sample === 0)).toBe(true);
  });

  it('all give way to a speech that does not wait', async () => {
    const playbacks = [queue(hello), queue(question)];
    await untilWord(playbacks[0]!);
    const last = tapped.player.speak({ ...service, text: answer });
    expect(playbacks.map(({ state }) => state)).toEqual(['stopped', 'stopped']);
    expect(await last.finished).toBe('ended');
    const expected = await samplesOf(answer);
    const { samples } = await tapped.tap.record();
    const offset = samples.findLastIndex((sample) => sample !== 0) - expected.findLastIndex((sample) => sample !== 0);
    expect(differences(expected, samples, offset)).toEqual([]);
  });
});
