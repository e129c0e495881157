import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SpeechError } from '../../src/core/index.ts';
import type { SpeakRequest } from '../../src/player/index.ts';
import { createGate } from '../support/gate.ts';
import { tokensOf } from '../support/heard-speech.ts';
import { block, untilWord, wordsHeard } from '../support/heard-words.ts';
import { faultySocket, health, liveSamplesOf, samplesOf, service, speechClient } from '../support/local-speech.ts';
import { rejection, speechError } from '../support/rejection.ts';
import { differences, offsetOf } from '../support/tap.ts';
import { createTappedPlayer, type TappedPlayer } from '../support/tapped-player.ts';

const sentence = 'The quick brown fox jumps over the lazy dog.';
const sentenceWords = ['The', 'quick', 'brown', 'fox', 'jumps', 'over', 'the', 'lazy', 'dog'];

/** Where the work is done: sockets of the page's own can't be had in a Worker. */
const threads: readonly (readonly [name: string, request: Pick<SpeakRequest, 'WebSocket'>])[] = [
  ['in a Worker', {}],
  ["on the page's thread", { WebSocket }],
];

let tapped: TappedPlayer;

beforeEach(async () => {
  tapped = await createTappedPlayer();
});

afterEach(async () => {
  await tapped.close();
  await expect.poll(async () => (await health()).open_sockets).toBe(0);
});

/** A text that never comes, and whether it was told to return. */
function silentText(): AsyncIterable<string> & { isLeft: boolean } {
  const text = {
    isLeft: false,
    [Symbol.asyncIterator]: (): AsyncIterator<string> => ({
      next: () => new Promise(() => {}),
      return: async () => {
        text.isLeft = true;
        return { done: true, value: undefined };
      },
    }),
  };
  return text;
}

async function* failingText(start: string, error: unknown): AsyncGenerator<string> {
  if (start) yield start;
  throw error;
}

describe.each(threads)('%s, a text that is still being written', (_name, thread) => {
  it('sounds from its first sentence on, and lights its words, while the rest is not written yet', async () => {
    const gate = createGate();
    async function* text(): AsyncGenerator<string> {
      yield* tokensOf('Hello there. ');
      await gate.opened;
      yield* tokensOf('It costs $5 to-day, every');
      yield 'body.';
    }
    const playback = tapped.player.speak({ ...service, ...thread, text: text(), autoMode: true });
    const words = wordsHeard(playback);
    await untilWord(playback, 'there');
    expect(playback.text).toBe('Hello there. ');
    expect(playback.duration).toBeUndefined();
    gate.open();
    expect(await playback.finished).toBe('ended');
    expect(words).toEqual(['Hello', 'there', 'It', 'costs', '$5', 'to-day', 'everybody']);
    expect(playback.text).toBe('Hello there. It costs $5 to-day, everybody.');
    expect(playback.words.map(({ text: word }) => word)).toEqual(words);
    expect(playback.duration).toBe(playback.currentTime);
  });

  it('that breaks off is heard as far as it went; then the playback fails with the very error', async () => {
    const cause = new Error('the model is tired');
    const playback = tapped.player.speak({ ...service, ...thread, text: failingText(sentence, cause) });
    const words = wordsHeard(playback);
    const told = new Promise((resolve) => playback.addEventListener('error', ({ error }) => resolve(error)));
    expect(await rejection(playback.finished)).toBe(cause);
    expect(await told).toBe(cause);
    expect(playback.state).toBe('failed');
    expect(words).toEqual(sentenceWords);
    const expected = await liveSamplesOf(sentence);
    const { samples } = await tapped.tap.record();
    expect(differences(expected, samples, offsetOf(expected, samples))).toEqual([]);
  });

  it('that breaks off before its first word fails the playback with the very error', async () => {
    const cause = new Error('the model is tired');
    const playback = tapped.player.speak({ ...service, ...thread, text: failingText('', cause) });
    expect(await rejection(playback.finished)).toBe(cause);
  });

  it('that gives something else than a string fails the playback', async () => {
    const text = failingText(7 as never, new Error('was read on'));
    const error = await rejection(tapped.player.speak({ ...service, ...thread, text }).finished);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain('string');
  });

  it('that can not be iterated fails the playback', async () => {
    const cause = new Error('locked');
    const text = {
      [Symbol.asyncIterator]: () => {
        throw cause;
      },
    };
    expect(await rejection(tapped.player.speak({ ...service, ...thread, text }).finished)).toBe(cause);
  });

  it('that never comes is told to return when the playback is stopped', async () => {
    const text = silentText();
    const playback = tapped.player.speak({ ...service, ...thread, text });
    await expect.poll(async () => (await health()).open_sockets).toBe(1);
    playback.stop();
    expect(await playback.finished).toBe('stopped');
    await expect.poll(() => text.isLeft).toBe(true);
  });

  it('that goes on for ever is left when the playback is stopped, and nothing more of it is taken', async () => {
    let given = '';
    let isLeft = false;
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) for await (const token of tokensOf(`${sentence} `)) yield ((given += token), token);
      } finally {
        isLeft = true;
      }
    }
    const playback = tapped.player.speak({ ...service, ...thread, text: endless() });
    await untilWord(playback, 'fox');
    playback.stop();
    const { text } = playback;
    expect(given.startsWith(text)).toBe(true);
    await expect.poll(() => isLeft).toBe(true);
    expect(playback.text).toBe(text);
  });

  it('that is empty ends without a sound', async () => {
    const playback = tapped.player.speak({ ...service, ...thread, text: tokensOf('') });
    expect(await playback.finished).toBe('ended');
    expect(playback.text).toBe('');
    expect(playback.duration).toBe(0);
  });

  it('ends with the signal, before its first token or with none to wait for', async () => {
    const caller = new AbortController();
    const text = silentText();
    const playback = tapped.player.speak({ ...service, ...thread, text, signal: caller.signal });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const reason = new Error('changed my mind');
    caller.abort(reason);
    expect(await rejection(playback.finished)).toBe(reason);
    expect(playback.state).toBe('stopped');
    await expect.poll(() => text.isLeft).toBe(true);
    const late = tapped.player.speak({ ...service, ...thread, text: tokensOf(sentence), signal: caller.signal });
    expect(await rejection(late.finished)).toBe(reason);
  });

  it('is spoken with a fresh single-use token of the page for every connection', async () => {
    const tokens: string[] = [];
    const singleUseToken = async (): Promise<string> => {
      const { token } = await speechClient().tokens.createSingleUse('tts_websocket');
      tokens.push(token);
      return token;
    };
    const { token, ...anonymous } = service;
    for (const count of [1, 2]) {
      const request = { ...anonymous, ...thread, text: tokensOf('Hello there'), singleUseToken };
      expect(await tapped.player.speak(request).finished).toBe('ended');
      expect(new Set(tokens).size).toBe(count);
    }
  });

  it.each(['token', 'singleUseToken'] as const)("is refused with what the page's %s function threw", async (name) => {
    const cause = new Error('signed out');
    const { token, ...anonymous } = service;
    const request = { ...anonymous, ...thread, text: tokensOf('Hello there'), [name]: () => Promise.reject(cause) };
    const error = await speechError(tapped.player.speak(request).finished);
    expect(error).toMatchObject({ code: 'unauthorized', cause });
    expect(error.message).toContain(name);
  });

  it("is spoken with the page's token, asked again after it was refused", async () => {
    const tokens = ['invalid', 'good'];
    const token = vi.fn(() => ({ token: tokens.shift() ?? 'none left' }));
    const playback = tapped.player.speak({ ...service, ...thread, text: tokensOf('Hello there'), token });
    expect(await playback.finished).toBe('ended');
    expect(token).toHaveBeenCalledTimes(2);
  });

  it('that is refused tells the code, and the text that was not spoken', async () => {
    const request = { ...service, ...thread, token: 'invalid', text: tokensOf('Hello there') };
    const error = await speechError(tapped.player.speak(request).finished);
    expect(error).toMatchObject({ code: 'unauthorized' });
    expect('Hello there'.startsWith(error.unspokenText ?? 'nothing')).toBe(true);
    expect(JSON.stringify(error)).not.toContain('Hello');
  });
});

describe('what is heard of a text that is still being written', () => {
  it('loses no sample of what was sent while the page is blocked for two seconds', async () => {
    const text = `${sentence} ${sentence} ${sentence}`;
    const expected = await liveSamplesOf(text);
    async function* pieces(): AsyncGenerator<string> {
      yield text;
    }
    const playback = tapped.player.speak({ ...service, text: pieces() });
    const words = wordsHeard(playback);
    await untilWord(playback, 'quick');
    block(2000);
    expect(await playback.finished).toBe('ended');
    const { samples } = await tapped.tap.record();
    expect(differences(expected, samples, offsetOf(expected, samples))).toEqual([]);
    expect(playback.metrics.underruns).toBe(0);
    expect(words).toEqual([...sentenceWords, ...sentenceWords, ...sentenceWords]);
  });

  it('goes on after a drop of the connection without a repeated or a missing word', async () => {
    const text = `${sentence} Pack my box with five dozen liquor jugs. How vexingly quick daft zebras jump!`;
    const key = crypto.randomUUID();
    const Dropping = faultySocket({ socket_drop: '4', times: '2', key });
    const singleUseToken = vi.fn(async () => (await speechClient().tokens.createSingleUse('tts_websocket')).token);
    const request = { ...service, token: undefined, singleUseToken, WebSocket: Dropping };
    const playback = tapped.player.speak({ ...request, text: tokensOf(text) });
    const words = wordsHeard(playback);
    expect(await playback.finished).toBe('ended');
    expect(singleUseToken).toHaveBeenCalledTimes(3);
    expect(words).toEqual(text.match(/[a-z]+/gi));
    expect(playback.words.map(({ textStart, textEnd }) => text.slice(textStart, textEnd))).toEqual(words);
  });

  it('ends where the connection did when it is told not to go on, with what was not spoken', async () => {
    const Dropping = faultySocket({ socket_drop: '4' });
    const request = { ...service, text: tokensOf(sentence), WebSocket: Dropping, resume: false };
    const playback = tapped.player.speak(request);
    const words = wordsHeard(playback);
    const error = await speechError(playback.finished);
    expect(error.code).toBe('network');
    expect(words.length).toBeGreaterThan(1);
    const spoken = sentence.slice(0, -(error.unspokenText?.length ?? 0));
    expect(`${spoken}${error.unspokenText}`).toBe(sentence);
    expect(spoken.match(/\w+/g)).toEqual(words);
  });

  it('is the same as of a text that is whole', async () => {
    const text = 'Hello there.';
    expect(await liveSamplesOf(text)).toEqual(await samplesOf(text));
  });
});

describe("a session of the page's own", () => {
  it('is played while its text grows', async () => {
    const session = speechClient().textToSpeech.connect(service.voiceId, { outputFormat: 'pcm_24000', autoMode: true });
    const playback = tapped.player.play(session);
    const words = wordsHeard(playback);
    void session.send('Hello there. ');
    await untilWord(playback, 'there');
    expect(playback.text).toBe('Hello there. ');
    await session.send(tokensOf('Good night, everybody.'));
    void session.end();
    expect(await playback.finished).toBe('ended');
    expect(words).toEqual(['Hello', 'there', 'Good', 'night', 'everybody']);
    expect(playback.text).toBe('Hello there. Good night, everybody.');
  });

  it('is closed when its playback is stopped', async () => {
    const session = speechClient().textToSpeech.connect(service.voiceId, { outputFormat: 'pcm_24000' });
    const playback = tapped.player.play(session);
    void session.send(tokensOf(`${sentence} ${sentence} ${sentence} ${sentence}`));
    await untilWord(playback);
    expect((await health()).open_sockets).toBe(1);
    playback.stop();
    await expect.poll(async () => (await health()).open_sockets).toBe(0);
    expect(await rejection(session.send('more'))).toBeInstanceOf(SpeechError);
  });

  it('that has nothing to say ends without a sound', async () => {
    const session = speechClient().textToSpeech.connect(service.voiceId, { outputFormat: 'pcm_24000' });
    const playback = tapped.player.play(session);
    void session.end();
    expect(await playback.finished).toBe('ended');
  });
});

describe("contexts of the page's own", () => {
  it('are played one after the other, each with its words', async () => {
    await using session = speechClient().textToSpeech.connectMulti(service.voiceId, { outputFormat: 'pcm_24000' });
    const texts = ['Hello there.', 'Good night.'];
    const playbacks = texts.map((text) => {
      const context = session.createContext();
      void context.send(tokensOf(text)).then(() => context.close());
      return tapped.player.play(context, { whenSpeaking: 'queue' });
    });
    const words = playbacks.map(wordsHeard);
    expect(await Promise.all(playbacks.map(({ finished }) => finished))).toEqual(['ended', 'ended']);
    expect(words).toEqual([
      ['Hello', 'there'],
      ['Good', 'night'],
    ]);
  });

  it('are cancelled at the service when their playback is stopped, and the others go on', async () => {
    await using session = speechClient().textToSpeech.connectMulti(service.voiceId, { outputFormat: 'pcm_24000' });
    const context = session.createContext();
    void context.send(`${sentence} `, { flush: true });
    const playback = tapped.player.play(context);
    await untilWord(playback);
    expect((await health()).open_contexts).toBe(1);
    playback.stop();
    await expect.poll(async () => (await health()).open_contexts).toBe(0);
    const other = session.createContext();
    void other.send('Hello there.').then(() => other.close());
    expect(await tapped.player.play(other).finished).toBe('ended');
  });
});
