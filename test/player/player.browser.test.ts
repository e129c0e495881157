import { createSpeechClient, SpeechError } from '../../src/core/index.ts';
import { createPlayer, highlight, type Playback, type Player } from '../../src/player/index.ts';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { createTap, differences, offsetOf, pcmToFloats, type Tap } from '../support/tap.ts';

const baseUrl = inject('speechServerUrl');
// The fastest of the local voices.
const voiceId = 'kal16UsEnglishMale01';
const service = { baseUrl, token: 'test', voiceId };
const sentence = 'The quick brown fox jumps over the lazy dog.';
const twoSentences = `${sentence} ${sentence}`;
const paragraph = `${twoSentences} ${twoSentences}`;

let context: AudioContext;
let tap: Tap;
let player: Player;

beforeEach(async () => {
  context = new AudioContext({ sampleRate: 24_000 });
  tap = await createTap(context);
  player = createPlayer({ destination: tap.node });
});

afterEach(async () => {
  await player.close();
  await context.close();
});

/** The samples that the server makes of a text. */
async function samplesOf(text: string): Promise<Float32Array> {
  const client = createSpeechClient(service);
  const { audio } = await client.textToSpeech.convert(voiceId, { text }, { outputFormat: 'pcm_24000' });
  return pcmToFloats(new Uint8Array(await new Response(audio).arrayBuffer()));
}

function largestStep(samples: Float32Array): number {
  return samples.reduce((most, value, index) => Math.max(most, Math.abs(value - (samples[index - 1] ?? value))), 0);
}

function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

const nextEvent = (playback: Playback, type: 'word' | 'underrun' | 'statechange' | 'error'): Promise<Event> =>
  new Promise((resolve) => playback.addEventListener(type, resolve, { once: true }));

const reached = (playback: Playback, state: Playback['state']): Promise<unknown> =>
  expect.poll(() => playback.state, { timeout: 10_000, interval: 5 }).toBe(state);

describe('what is heard', () => {
  it('is every sample of the speech, in order and exact to the bit, however the network cuts the stream', async () => {
    const expected = await samplesOf(twoSentences);
    const playback = player.speak({ ...service, text: twoSentences, headers: { 'x-fault-chunk': '4801' } });
    expect(await playback.finished).toBe('ended');
    const { samples } = await tap.record();
    expect(differences(expected, samples, offsetOf(expected, samples))).toEqual([]);
    expect(playback.duration).toBeCloseTo(expected.length / 24_000, 6);
    expect(playback.metrics.underruns).toBe(0);
  });

  it('loses no sample while the page is blocked for three seconds', async () => {
    const expected = await samplesOf(paragraph);
    expect(expected.length / 24_000).toBeGreaterThan(10);
    const playback = player.speak({ ...service, text: paragraph, headers: { 'x-fault-pace': '1.2' } });
    await nextEvent(playback, 'word');
    block(3000);
    expect(await playback.finished).toBe('ended');
    const { samples } = await tap.record();
    expect(differences(expected, samples, offsetOf(expected, samples))).toEqual([]);
    expect(playback.metrics.underruns).toBe(0);
  });

  it('goes on after a pause with the next sample', async () => {
    const expected = await samplesOf(sentence);
    const playback = player.speak({ ...service, text: sentence });
    await nextEvent(playback, 'word');
    await new Promise((resolve) => setTimeout(resolve, 700));
    playback.pause();
    expect(playback.state).toBe('paused');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const held = playback.currentTime;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(playback.currentTime).toBe(held);
    playback.resume();
    await playback.finished;
    const { samples } = await tap.record();
    const offset = offsetOf(expected, samples);
    const heldFrame = Math.round(held * 24_000);
    const fade = 240;
    const before = differences(expected.subarray(0, heldFrame - fade), samples, offset);
    expect(before).toEqual([]);
    const silence = samples.subarray(offset + heldFrame).findIndex((sample) => sample !== 0);
    expect(silence).toBeGreaterThan(24_000 * 0.3);
    const after = expected.subarray(heldFrame + fade);
    // Where the rest lies is worked out from its end, which no fade has touched.
    const end = samples.findLastIndex((sample) => sample !== 0) - after.findLastIndex((sample) => sample !== 0);
    expect(differences(after, samples, end)).toEqual([]);
  });

  it('is silent within 10 ms of a stop, without a step', async () => {
    const playback = player.speak({ ...service, text: paragraph });
    await nextEvent(playback, 'word');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    playback.stop();
    expect(await playback.finished).toBe('stopped');
    expect(playback.state).toBe('stopped');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { samples } = await tap.record();
    const expected = await samplesOf(paragraph);
    const offset = offsetOf(expected, samples);
    const last = samples.findLastIndex((sample) => sample !== 0);
    const firstFaded = differences(expected.subarray(0, last - offset), samples, offset)[0] ?? 0;
    expect(last - offset - firstFaded).toBeLessThanOrEqual(240);
    expect(largestStep(samples)).toBeLessThanOrEqual(largestStep(expected) * 1.05);
  });

  it('holds at an underrun and goes on without losing a sample', async () => {
    const expected = await samplesOf(twoSentences);
    const playback = player.speak({
      ...service,
      text: twoSentences,
      headers: { 'x-fault-stall': '150000', 'x-fault-stall-ms': '3500' },
    });
    const underrun = await nextEvent(playback, 'underrun');
    expect(playback.state).toBe('buffering');
    const { time } = underrun as Event & { time: number };
    await reached(playback, 'playing');
    expect(await playback.finished).toBe('ended');
    expect(playback.metrics.underruns).toBe(1);
    const { samples } = await tap.record();
    const offset = offsetOf(expected, samples);
    const heldFrame = Math.round(time * 24_000);
    expect(differences(expected.subarray(0, heldFrame - 240), samples, offset)).toEqual([]);
    const after = expected.subarray(heldFrame + 240);
    const end = samples.findLastIndex((sample) => sample !== 0) - after.findLastIndex((sample) => sample !== 0);
    expect(differences(after, samples, end)).toEqual([]);
  });
});

describe('words', () => {
  it('are lit each once and in order, in step with what is heard', async () => {
    const element = document.createElement('p');
    element.innerHTML = 'The quick <b>brown</b> fox <a href="#">jumps</a> over the lazy dog.';
    document.body.append(element);
    const markup = element.innerHTML;
    const playback = player.speak({ ...service, text: sentence });
    const light = highlight(playback, element);
    const lit: string[] = [];
    const errors: number[] = [];
    playback.addEventListener('word', ({ word }) => {
      const [range] = (CSS.highlights.get('saylight-word') ?? []) as Iterable<Range>;
      lit.push(range?.toString() ?? 'nothing');
      // Worked out again from the platform's own clock, at the moment of painting.
      errors.push(playback.currentTime - word.start);
    });
    expect(await playback.finished).toBe('ended');
    expect(lit).toEqual(['The', 'quick', 'brown', 'fox', 'jumps', 'over', 'the', 'lazy', 'dog']);
    expect(element.innerHTML).toBe(markup);
    light.close();
    element.remove();
    const sorted = errors.map((error) => error * 1000).toSorted((a, b) => a - b);
    const at = (part: number): string => (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(1);
    console.log(`word to light, ms: min ${at(0)}, median ${at(0.5)}, p90 ${at(0.9)}, max ${at(1)}`);
  });

  it('that passed while the page was blocked are told afterwards, none missing', async () => {
    const playback = player.speak({ ...service, text: sentence });
    const told: string[] = [];
    playback.addEventListener('word', ({ word }) => told.push(word.text));
    await nextEvent(playback, 'word');
    block(1500);
    await playback.finished;
    expect(told).toEqual(['The', 'quick', 'brown', 'fox', 'jumps', 'over', 'the', 'lazy', 'dog']);
  });

  it('that are heard while a pause fades are lit then, not with the resume', async () => {
    const playback = player.speak({ ...service, text: sentence });
    const told: string[] = [];
    playback.addEventListener('word', ({ word }) => told.push(word.text));
    for (let pauses = 1; pauses < 6; pauses += 1) {
      // Just before a word, which then begins while the sound that is on its way is heard.
      const isNear = (): boolean => playback.currentTime >= (playback.words[pauses]?.start ?? Infinity) - 0.03;
      await vi.waitUntil(isNear, { interval: 2, timeout: 5000 });
      playback.pause();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const heard = playback.words.filter(({ start }) => start <= playback.currentTime);
      expect(told).toEqual(heard.map(({ text }) => text));
      playback.resume();
    }
    playback.stop();
  });

  it('are over with a stop, even one in the middle of a burst', async () => {
    const playback = player.speak({ ...service, text: sentence });
    const told: string[] = [];
    playback.addEventListener('word', ({ word }) => {
      told.push(word.text);
      if (word.text === 'brown') playback.stop();
    });
    await nextEvent(playback, 'word');
    block(1500);
    expect(await playback.finished).toBe('stopped');
    expect(told).toEqual(['The', 'quick', 'brown']);
    expect(playback.currentWord).toBeUndefined();
    const words = playback.words.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(playback.words).toHaveLength(words);
  });
});

describe('a source of the page', () => {
  it('can be a SpeechStream, which brings its format, its text and its words', async () => {
    const client = createSpeechClient(service);
    const speech = client.textToSpeech.streamWithTimestamps(
      voiceId,
      { text: 'Hello there' },
      { outputFormat: 'pcm_16000' },
    );
    const playback = player.play(speech);
    await playback.finished;
    expect(playback.text).toBe('Hello there');
    expect(playback.words.map(({ text }) => text)).toEqual(['Hello', 'there']);
  });

  it('can be a stream of bytes or a Response, in mu-law too', async () => {
    const client = createSpeechClient(service);
    const speech = await client.textToSpeech.stream(voiceId, { text: 'Hello there' }, { outputFormat: 'ulaw_8000' });
    expect(await player.play(speech).finished).toBe('ended');
    const bytes = new Uint8Array(8000).fill(64);
    expect(await player.play(new Response(bytes), { format: 'pcm_24000' }).finished).toBe('ended');
    const { body } = new Response(bytes);
    expect(await player.play(body!, { format: 'alaw_8000' }).finished).toBe('ended');
  });

  it('that is silent is cancelled when the playback is stopped', async () => {
    let isCancelled = false;
    const silent = new ReadableStream<Uint8Array>({ cancel: () => void (isCancelled = true) });
    const playback = player.play(silent, { format: 'pcm_24000' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    playback.stop();
    await expect.poll(() => isCancelled).toBe(true);
  });

  it('of an unknown kind or format is refused with what to pass instead', async () => {
    const pcm = { format: 'pcm_24000' } as const;
    expect(() => player.play(new Response('x'))).toThrow(/format/);
    expect(() => player.play(new Response('x'), { format: 'mp3_44100_128' })).toThrow(/mp3/);
    await expect(player.play('speech' as never, pcm).finished).rejects.toThrow(TypeError);
    await expect(player.play(new Response('x', { status: 500 }), pcm).finished).rejects.toThrow(SpeechError);
  });

  it('is told to return when the playback is stopped', async () => {
    let returned = false;
    async function* endless() {
      try {
        for (;;) {
          yield { audio: new Uint8Array(4800), alignment: undefined, normalizedAlignment: undefined };
        }
      } finally {
        returned = true;
      }
    }
    const playback = player.play(endless(), { format: 'pcm_24000' });
    await reached(playback, 'playing');
    expect(playback.metrics.bufferedAhead).toBeLessThan(31);
    playback.stop();
    await expect.poll(() => returned).toBe(true);
  });
});

describe('a failure', () => {
  it('of the request rejects `finished`, is told by an event and shows as the state', async () => {
    const playback = player.speak({ ...service, voiceId: 'nobody', text: sentence });
    const told = nextEvent(playback, 'error');
    await expect(playback.finished).rejects.toMatchObject({ name: 'SpeechError', code: 'not-found', status: 404 });
    expect(await told).toMatchObject({ error: { code: 'not-found' } });
    expect(playback.state).toBe('failed');
  });

  it('in mid-speech comes after what had arrived was heard', async () => {
    const expected = await samplesOf(sentence);
    const playback = player.speak({ ...service, text: sentence, headers: { 'x-fault-cut': '100000' } });
    await expect(playback.finished).rejects.toMatchObject({ code: 'network' });
    const heard = playback.currentTime;
    expect(heard).toBeGreaterThan(0.5);
    const { samples } = await tap.record();
    const part = expected.subarray(0, Math.round(heard * 24_000) - 480);
    expect(differences(part, samples, offsetOf(expected, samples))).toEqual([]);
  });

  it("by the caller's signal rejects with the signal's own reason", async () => {
    const controller = new AbortController();
    const playback = player.speak({ ...service, text: paragraph, signal: controller.signal });
    await reached(playback, 'playing');
    const reason = new Error('changed my mind');
    controller.abort(reason);
    await expect(playback.finished).rejects.toBe(reason);
    expect(playback.state).toBe('stopped');
  });

  it('of what can be seen at once is thrown at once', () => {
    expect(() => player.speak({ ...service, text: ' ' })).toThrow(/text/);
    expect(() => player.speak({ ...service, voiceId: '', text: 'x' })).toThrow(/voiceId/);
    expect(() => player.speak({ ...service, text: 'x', outputFormat: 'opus_48000_64' })).toThrow(/opus/);
  });
});

describe('a player', () => {
  it('stops the speech before when a new one begins', async () => {
    const first = player.speak({ ...service, text: paragraph });
    await reached(first, 'playing');
    const second = player.speak({ ...service, text: 'Now this.' });
    expect(await first.finished).toBe('stopped');
    expect(await second.finished).toBe('ended');
  });

  it('shows a context that is held as a state and goes on when it runs again', async () => {
    const playback = player.speak({ ...service, text: sentence });
    await reached(playback, 'playing');
    await context.suspend();
    await reached(playback, 'suspended');
    await context.resume();
    await reached(playback, 'playing');
    expect(await playback.finished).toBe('ended');
  });

  it('fails with a context that is closed in mid-speech, and says so at the next', async () => {
    const playback = player.speak({ ...service, text: sentence });
    await reached(playback, 'playing');
    await context.close();
    await expect(playback.finished).rejects.toMatchObject({ code: 'unsupported' });
    expect(() => player.speak({ ...service, text: sentence })).toThrow(SpeechError);
    context = new AudioContext();
  });

  it('leaves a context of the page asleep while nothing plays', async () => {
    await player.prepare();
    await context.suspend();
    document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(context.state).toBe('suspended');
  });

  it('can be closed twice, and with a context that the page has closed', async () => {
    const own = createPlayer();
    await own.prepare();
    await own.context?.close();
    await own.close();
    await own.close();
  });

  it('says that it is closed when it is asked to speak', async () => {
    await player.close();
    expect(() => player.speak({ ...service, text: sentence })).toThrow(/closed/);
  });

  it('asks a `token` function of the page from the Worker', async () => {
    let asked = 0;
    const token = async (): Promise<string> => `token-${(asked += 1)}`;
    const playback = player.speak({ ...service, token, text: 'Hello there' });
    expect(await playback.finished).toBe('ended');
    expect(asked).toBe(1);
  });

  it("speaks through the page's own `fetch` on the page's thread", async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = (...call) => {
      asked.push(call[0] as string);
      return globalThis.fetch(...call);
    };
    const playback = player.speak({ ...service, fetch, text: 'Hello there' });
    expect(await playback.finished).toBe('ended');
    expect(asked).toHaveLength(1);
  });
});
