import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWordTimeline, type Word } from '../../src/core/index.ts';
import type { Heard, Playback, SpeakRequest } from '../../src/player/index.ts';
import { createGate } from '../support/gate.ts';
import { endlessText } from '../support/endless-text.ts';
import { tokensOf } from '../support/heard-speech.ts';
import { block, untilState, untilWord } from '../support/heard-words.ts';
import { health, samplesOf, service, speechClient } from '../support/local-speech.ts';
import { rejection } from '../support/rejection.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { differences, offsetOf } from '../support/tap.ts';
import { createTappedPlayer, type TappedPlayer } from '../support/tapped-player.ts';

const text = 'The quick brown fox jumps over the lazy dog. Pack my box with five dozen liquor jugs.';
const rate = 24_000;
/** The frames that Web Audio renders at once. */
const quantum = 128;
/** The frames of 20 ms. */
const longestFade = 0.02 * rate;

let tapped: TappedPlayer;

beforeEach(async () => {
  tapped = await createTappedPlayer();
});

afterEach(() => tapped.close());

const made = async (): Promise<number> => (await health()).audio_seconds_made;
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function largestStep(samples: Float32Array): number {
  return samples.reduce((most, value, index) => Math.max(most, Math.abs(value - (samples[index - 1] ?? value))), 0);
}

/** The words of a text, with their times, from a request of its own. */
async function wordsOf(spoken: string): Promise<readonly Word[]> {
  const { alignment } = await speechClient().textToSpeech.convertWithTimestamps(
    service.voiceId,
    { text: spoken },
    { outputFormat: 'pcm_24000' },
  );
  const timeline = createWordTimeline({ text: spoken });
  if (alignment) timeline.append(alignment);
  return timeline.words;
}

/** Compares what an interruption tells with the samples that were heard. */
async function expectExact({ heardText, heardTime }: Heard): Promise<void> {
  const expected = await samplesOf(text);
  const { samples } = await tapped.tap.record();
  const offset = offsetOf(expected, samples);
  const end = samples.findLastIndex((sample) => sample !== 0) + 1 - offset;
  const fadeStart = differences(expected.subarray(0, end), samples, offset)[0] ?? end;
  expect(end - fadeStart).toBeLessThanOrEqual(longestFade);
  expect(Math.abs(heardTime * rate - end)).toBeLessThanOrEqual(quantum);
  expect(largestStep(samples)).toBeLessThanOrEqual(largestStep(expected) * 1.05);
  // A word that begins in the fade may count or not.
  const candidates = [fadeStart, end].map((frame) => lastBegun(words, frame / rate));
  expect(candidates).toContain(heardText);
}

const lastBegun = (words: readonly Word[], time: number): string =>
  text.slice(0, words.findLast(({ start }) => start <= time)?.textEnd ?? 0);

const words = await wordsOf(text);

const ways: readonly (readonly [name: string, speak: (player: TappedPlayer['player']) => Playback])[] = [
  ['that is whole', (player) => player.speak({ ...service, text })],
  ['that is still being written', (player) => player.speak({ ...service, text: tokensOf(text) })],
  [
    "of a session of the page's own",
    (player) => {
      const session = speechClient().textToSpeech.connect(service.voiceId, { outputFormat: 'pcm_24000' });
      void session.send(text).then(() => session.end());
      return player.play(session);
    },
  ],
];

describe.each(ways)('an interruption of a text %s', (_name, speak) => {
  it.each([1, 2, 3])('is silent within 20 ms, without a step, and tells exactly what was heard (%i)', async (seed) => {
    const playback = speak(tapped.player);
    await untilState(playback, 'playing');
    await wait(seededRandom(seed).between(200, 1800));
    const heard = await playback.interrupt();
    expect(playback.state).toBe('stopped');
    expect(await playback.finished).toBe('stopped');
    expect(heard.heardText).not.toBe('');
    await wait(100);
    await expectExact(heard);
    expect(await playback.interrupt()).toEqual(heard);
  });
});

describe('an interruption', () => {
  it('before the first sound tells that nothing was heard', async () => {
    for (const request of [{ text }, { text: tokensOf(text) }, { text: tokensOf('') }]) {
      const playback = tapped.player.speak({ ...service, ...request });
      expect(playback.state).toBe('loading');
      expect(await playback.interrupt()).toEqual({ heardText: '', heardTime: 0 });
      expect(await playback.finished).toBe('stopped');
    }
    const { samples } = await tapped.tap.record();
    expect(samples.every((sample) => sample === 0)).toBe(true);
  });

  it('in a pause tells what was heard before it', async () => {
    const playback = tapped.player.speak({ ...service, text });
    await untilWord(playback, 'fox');
    playback.pause();
    await wait(400);
    const { currentTime } = playback;
    const heard = await playback.interrupt();
    expect(heard.heardTime).toBeCloseTo(currentTime, 6);
    await expectExact(heard);
  });

  it('while a pause fades tells all that is heard', async () => {
    const playback = tapped.player.speak({ ...service, text });
    await untilWord(playback, 'fox');
    playback.pause();
    const heard = await playback.interrupt();
    await wait(100);
    await expectExact(heard);
  });

  it('while the text waits to be written on tells what there was of it', async () => {
    const gate = createGate();
    async function* pieces(): AsyncGenerator<string> {
      yield 'Hello there. ';
      await gate.opened;
    }
    const playback = tapped.player.speak({ ...service, text: pieces(), autoMode: true });
    await untilState(playback, 'buffering');
    await wait(200);
    const { heardText, heardTime } = await playback.interrupt();
    expect(heardText).toBe('Hello there');
    expect(heardTime).toBeCloseTo(playback.currentTime, 6);
    gate.open();
  });

  it('after the end tells the whole text', async () => {
    const playback = tapped.player.speak({ ...service, text: 'Hello there!' });
    expect(await playback.finished).toBe('ended');
    const heard = { heardText: 'Hello there!', heardTime: playback.duration };
    expect(await playback.interrupt()).toEqual(heard);
    expect(await playback.interrupt()).toEqual(heard);
    expect(playback.state).toBe('ended');
  });

  it('that comes twice at once, or after a stop, tells the same', async () => {
    const playback = tapped.player.speak({ ...service, text });
    await untilWord(playback, 'brown');
    playback.stop();
    const [first, second] = await Promise.all([playback.interrupt(), playback.interrupt()]);
    expect(second).toEqual(first);
    await wait(100);
    await expectExact(first);
  });

  it("after the signal's abort tells what was heard", async () => {
    const caller = new AbortController();
    const playback = tapped.player.speak({ ...service, text, signal: caller.signal });
    await untilWord(playback, 'brown');
    caller.abort(new Error('enough'));
    const heard = await playback.interrupt();
    expect(await rejection(playback.finished)).toBe(caller.signal.reason);
    await wait(100);
    await expectExact(heard);
  });

  it('in a context that is held resolves too', async () => {
    const playback = tapped.player.speak({ ...service, text });
    await untilWord(playback, 'fox');
    await tapped.context.suspend();
    await untilState(playback, 'suspended');
    const { heardText, heardTime } = await playback.interrupt();
    expect(heardText).toMatch(/^The quick brown( fox)?$/);
    expect(heardText).toBe(lastBegun(words, heardTime));
    expect(heardTime).toBeCloseTo(playback.currentTime, 6);
    const early = tapped.player.speak({ ...service, text });
    void tapped.context.suspend();
    expect(await early.interrupt()).toEqual({ heardText: '', heardTime: 0 });
  });

  it('of a speech that has failed tells what was heard of it', async () => {
    const request: SpeakRequest = { ...service, text, headers: { 'x-fault-cut': '60000', 'x-fault-pace': '4' } };
    const playback = tapped.player.speak(request);
    await rejection(playback.finished);
    const { heardText, heardTime } = await playback.interrupt();
    expect(heardText).toBe(lastBegun(words, heardTime));
    expect(heardText).not.toBe('');
    const refused = tapped.player.speak({ ...service, text, voiceId: 'nobody' });
    await rejection(refused.finished);
    expect(await refused.interrupt()).toEqual({ heardText: '', heardTime: 0 });
  });

  it('right after the page was blocked knows the words that came meanwhile', async () => {
    const playback = tapped.player.speak({ ...service, text, headers: { 'x-fault-pace': '1.5' } });
    await untilWord(playback, 'quick');
    block(1500);
    const heard = await playback.interrupt();
    await wait(100);
    await expectExact(heard);
  });

  it('ends the work at the service', async () => {
    const playback = tapped.player.speak({ ...service, text: endlessText(`${text} `) });
    await untilWord(playback);
    await playback.interrupt();
    await expect.poll(health).toMatchObject({ open_sockets: 0, open_speeches: 0 });
    // What its engine was at work on it makes to the end.
    await wait(500);
    const after = await made();
    await wait(500);
    expect(await made()).toBe(after);
  });
});

describe('where sound takes long to the ear, an interruption', () => {
  let slow: TappedPlayer;

  beforeEach(async () => {
    await tapped.close();
    // The browser adds as much again, and more.
    slow = tapped = await createTappedPlayer({}, 0.1);
  });

  it('counts what is on its way', async () => {
    const playback = slow.player.speak({ ...service, text });
    await untilWord(playback, 'quick');
    const { currentTime } = playback;
    const heard = await playback.interrupt();
    expect(heard.heardTime - currentTime).toBeGreaterThan(0.1);
    await wait(100);
    await expectExact(heard);
  });

  it('knows that all of a speech is on its way', async () => {
    const short = 'Hello there';
    const playback = slow.player.speak({ ...service, text: short });
    const { length } = await samplesOf(short);
    await vi.waitUntil(() => playback.currentTime > length / rate - 0.1, { timeout: 5000, interval: 5 });
    expect(playback.state).toBe('playing');
    expect(await playback.interrupt()).toEqual({ heardText: short, heardTime: playback.duration });
  });
});

describe("a player's interruption", () => {
  it('tells what was heard of the one that was heard; those that waited never sound', async () => {
    const playback = tapped.player.speak({ ...service, text });
    const waiting = [text, tokensOf(text)].map((other) =>
      tapped.player.speak({ ...service, text: other, whenSpeaking: 'queue' }),
    );
    await untilWord(playback, 'jumps');
    const heard = await tapped.player.interrupt();
    expect(heard).toEqual(await playback.interrupt());
    await wait(500);
    await expectExact(heard ?? { heardText: 'nothing', heardTime: -1 });
    for (const other of waiting) {
      expect(other.state).toBe('stopped');
      expect(await other.interrupt()).toEqual({ heardText: '', heardTime: 0 });
    }
  });

  it('gives nothing when nothing plays', async () => {
    expect(await tapped.player.interrupt()).toBeUndefined();
    await tapped.player.speak({ ...service, text: 'Hi' }).finished;
    expect(await tapped.player.interrupt()).toBeUndefined();
  });
});
