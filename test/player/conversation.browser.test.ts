import { cdp } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createConversation,
  createPlayer,
  type Conversation,
  type ConversationRequest,
  type Playback,
} from '../../src/player/index.ts';
import { createGate } from '../support/gate.ts';
import { endlessText } from '../support/endless-text.ts';
import { tokensOf } from '../support/heard-speech.ts';
import { block, untilWord, wordsHeard } from '../support/heard-words.ts';
import { faultySocket, health, liveSamplesOf, service, speechClient } from '../support/local-speech.ts';
import { rejection, speechError } from '../support/rejection.ts';
import { differences, joinSamples, offsetOf } from '../support/tap.ts';
import { createTappedPlayer, type TappedPlayer } from '../support/tapped-player.ts';

const texts = ['Hello there.', 'How are you today?', 'Fine.'];
const words = [['Hello', 'there'], ['How', 'are', 'you', 'today'], ['Fine']];
const long = 'The quick brown fox jumps over the lazy dog. '.repeat(40);
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Where the work is done: sockets of the page's own can't be had in a Worker. */
const threads: readonly (readonly [name: string, request: Pick<ConversationRequest, 'WebSocket'>])[] = [
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

/** How much the page holds, once what is of no use was thrown away. */
async function counters(): Promise<{ readonly jsEventListeners: number }> {
  const devTools = cdp() as unknown as { send(method: string): Promise<{ readonly jsEventListeners: number }> };
  await devTools.send('HeapProfiler.collectGarbage');
  return devTools.send('Memory.getDOMCounters');
}

const converse = (request: Partial<ConversationRequest> = {}): Conversation =>
  createConversation(tapped.player, { ...service, ...request });

const ends = (playbacks: readonly Playback[]): Promise<readonly string[]> =>
  Promise.all(playbacks.map(({ finished }) => finished));

describe.each(threads)('a conversation %s', (_name, thread) => {
  it('is spoken turn by turn over one connection, without a gap', async () => {
    const singleUseToken = vi.fn(async () => (await speechClient().tokens.createSingleUse('tts_websocket')).token);
    const conversation = converse({ ...thread, token: undefined, singleUseToken });
    const playbacks = texts.map((text, index) => conversation.speak(index === 1 ? tokensOf(text) : text));
    const heard = playbacks.map(wordsHeard);
    const order: number[] = [];
    for (const [index, { finished }] of playbacks.entries()) void finished.then(() => order.push(index));
    await untilWord(playbacks[1]!);
    expect((await health()).open_sockets).toBe(1);
    expect(playbacks[1]!.currentTime).toBeLessThan(0.5);
    expect(await ends(playbacks)).toEqual(['ended', 'ended', 'ended']);
    expect(order).toEqual([0, 1, 2]);
    expect(heard).toEqual(words);
    expect(playbacks.map(({ text }) => text)).toEqual(texts);
    const expected = joinSamples(await Promise.all(texts.map(liveSamplesOf)));
    const { samples } = await tapped.tap.record();
    expect(differences(expected, samples, offsetOf(expected, samples))).toEqual([]);
    // A turn that begins later finds the connection open.
    expect(await conversation.speak('Good night.').finished).toBe('ended');
    expect(singleUseToken).toHaveBeenCalledTimes(1);
    expect(await health()).toMatchObject({ open_sockets: 1, open_contexts: 0 });
  });

  it('has turns with voice settings of their own', async () => {
    const conversation = converse({ ...thread, voice_settings: { speed: 1.2 } });
    const [fast, slow, again] = [
      conversation.speak('Hello there.'),
      conversation.speak('Hello there.', { voice_settings: { speed: 0.7 } }),
      conversation.speak('Hello there.'),
    ];
    expect(await ends([fast, slow, again])).toEqual(['ended', 'ended', 'ended']);
    expect((slow.duration ?? 0) / (fast.duration ?? 0)).toBeCloseTo(1.2 / 0.7, 1);
    expect(again.duration).toBe(fast.duration);
  });

  it('lets a turn be interrupted: the service makes no more of it, and the next one is spoken', async () => {
    const conversation = converse(thread);
    const playback = conversation.speak(endlessText('The quick brown fox jumps over the lazy dog. '));
    const waiting = conversation.speak('This is never heard.');
    await untilWord(playback, 'brown');
    const heard = await tapped.player.interrupt();
    expect(heard?.heardText).toMatch(/^The quick brown( fox)?$/);
    expect(waiting.state).toBe('stopped');
    await expect.poll(health).toMatchObject({ open_sockets: 1, open_contexts: 0 });
    // What its engine was at work on it makes to the end.
    await wait(500);
    const { audio_seconds_made: made } = await health();
    await wait(500);
    expect((await health()).audio_seconds_made).toBe(made);
    const next = conversation.speak('And now for something else.');
    const nextWords = wordsHeard(next);
    expect(await next.finished).toBe('ended');
    expect(nextWords).toEqual(['And', 'now', 'for', 'something', 'else']);
    expect((await health()).open_sockets).toBe(1);
  });

  it('goes on after a drop of the connection without a repeated or a missing word', async () => {
    const key = crypto.randomUUID();
    const faulty = thread.WebSocket ? { WebSocket: faultySocket({ socket_drop: '3', times: '2', key }) } : {};
    const conversation = converse({ ...thread, ...faulty });
    const playbacks = texts.map((text) => conversation.speak(tokensOf(text)));
    const heard = playbacks.map(wordsHeard);
    expect(await ends(playbacks)).toEqual(['ended', 'ended', 'ended']);
    expect(heard).toEqual(words);
  });

  it('is heard whole while the page is blocked', async () => {
    const conversation = converse(thread);
    const playbacks = texts.map((text) => conversation.speak(text));
    const heard = playbacks.map(wordsHeard);
    await untilWord(playbacks[0]!, 'there');
    // What is asked of the page's thread has been done by then.
    await wait(200);
    block(1500);
    expect(await ends(playbacks)).toEqual(['ended', 'ended', 'ended']);
    expect(heard).toEqual(words);
  });

  it('that is closed stops what it speaks, hangs up and speaks no more', async () => {
    const conversation = converse(thread);
    const playbacks = [conversation.speak(long), conversation.speak('This is never heard.')];
    await untilWord(playbacks[0]!);
    const other = tapped.player.speak({ ...service, text: 'Hello there.', whenSpeaking: 'queue' });
    await conversation.close();
    expect(await ends(playbacks)).toEqual(['stopped', 'stopped']);
    await expect.poll(async () => (await health()).open_sockets).toBe(0);
    expect(() => conversation.speak('Hello')).toThrow(/closed/);
    await conversation.close();
    expect(await other.finished).toBe('ended');
  });

  it('ends with its player', async () => {
    const conversation = converse(thread);
    const playback = conversation.speak(long);
    await untilWord(playback);
    await tapped.player.close();
    expect(await playback.finished).toBe('stopped');
    await expect.poll(async () => (await health()).open_sockets).toBe(0);
    await conversation.close();
    expect(() => conversation.speak('Hello')).toThrow(/closed/);
    expect(() => converse(thread)).toThrow(/closed/);
  });

  it('ends with its signal', async () => {
    const caller = new AbortController();
    const conversation = converse({ ...thread, signal: caller.signal });
    const playback = conversation.speak(long);
    await untilWord(playback);
    caller.abort();
    expect(await playback.finished).toBe('stopped');
    expect(() => conversation.speak('Hello')).toThrow(/closed/);
    expect(() => converse({ ...thread, signal: caller.signal }).speak('Hello')).toThrow(/closed/);
  });

  it('has turns that end with a signal of their own', async () => {
    const caller = new AbortController();
    const conversation = converse(thread);
    const playbacks = [conversation.speak(long, { signal: caller.signal }), conversation.speak('Hello there.')];
    await untilWord(playbacks[0]!);
    caller.abort(new Error('enough'));
    expect(await rejection(playbacks[0]!.finished)).toBe(caller.signal.reason);
    expect(await playbacks[1]!.finished).toBe('ended');
    const late = conversation.speak('Never heard.', { signal: caller.signal });
    expect(await rejection(late.finished)).toBe(caller.signal.reason);
    expect(await conversation.speak('Hello there.').finished).toBe('ended');
  });

  it('whose text breaks off fails that turn alone', async () => {
    const cause = new Error('the model is tired');
    async function* failing(): AsyncGenerator<string> {
      yield 'Hello there.';
      throw cause;
    }
    const conversation = converse(thread);
    const playbacks = [conversation.speak(failing()), conversation.speak('How are you today?')];
    const heard = playbacks.map(wordsHeard);
    expect(await rejection(playbacks[0]!.finished)).toBe(cause);
    expect(await playbacks[1]!.finished).toBe('ended');
    expect(heard).toEqual(words.slice(0, 2));
  });

  it.each(['token', 'singleUseToken'] as const)(
    "tells what the page's %s function threw, and asks it again",
    async (name) => {
      const cause = new Error('signed out');
      let isSignedIn = false;
      const source = async (): Promise<string> => {
        if (isSignedIn) return (await speechClient().tokens.createSingleUse('tts_websocket')).token;
        throw cause;
      };
      const conversation = converse({ ...thread, token: undefined, [name]: source });
      const error = await speechError(conversation.speak('Hello there.').finished);
      expect(error).toMatchObject({ code: 'unauthorized', cause, unspokenText: 'Hello there.' });
      isSignedIn = true;
      expect(await conversation.speak('Hello there.').finished).toBe('ended');
    },
  );

  it('that is refused fails its turns with the error', async () => {
    const refused = converse({ ...thread, token: 'invalid' });
    const playbacks = [refused.speak('Hello there.'), refused.speak(tokensOf('How are you?'))];
    for (const { finished } of playbacks) expect(await speechError(finished)).toMatchObject({ code: 'unauthorized' });
    const nobody = converse({ ...thread, voiceId: 'nobody', retry: false });
    // A page is not told why a socket did not open.
    expect(await speechError(nobody.speak('Hello').finished)).toMatchObject({ code: 'network' });
    const unsettled = converse({ ...thread, voice_settings: { speed: 7 } });
    expect(await speechError(unsettled.speak('Hello').finished)).toMatchObject({ code: 'invalid-request' });
  });

  it('whose request can not be right fails its turns with what is wrong with it', async () => {
    const conversation = converse({ ...thread, apiKey: 'secret', token: undefined });
    const error = await rejection(conversation.speak('Hello').finished);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain('apiKey');
    await conversation.close();
  });

  it('can be begun with what a framework has made reactive', async () => {
    const voice_settings = new Proxy({ speed: 1.1 }, {});
    const conversation = converse({ ...thread, voice_settings, timeout: Infinity });
    expect(await conversation.speak('Hello there.').finished).toBe('ended');
    expect(await conversation.speak('Hello there.', { voice_settings }).finished).toBe('ended');
  });

  it('goes on after the service has hung up in a silence', async () => {
    const conversation = converse({ ...thread, inactivityTimeout: 0.5 });
    expect(await conversation.speak('Hello there.').finished).toBe('ended');
    await expect.poll(async () => (await health()).open_sockets, { timeout: 3000 }).toBe(0);
    expect(await conversation.speak(tokensOf('How are you today?')).finished).toBe('ended');
  });
});

describe('a conversation', () => {
  it('keeps a turn waiting while the text of the one before is being written', async () => {
    const gate = createGate();
    async function* slow(): AsyncGenerator<string> {
      yield 'Hello ';
      await gate.opened;
      yield 'there.';
    }
    const conversation = converse();
    const playbacks = [conversation.speak(slow()), conversation.speak('How are you today?')];
    const heard = playbacks.map(wordsHeard);
    await wait(600);
    expect(heard).toEqual([[], []]);
    gate.open();
    expect(await ends(playbacks)).toEqual(['ended', 'ended']);
    expect(heard).toEqual(words.slice(0, 2));
  });

  it('lets a turn interrupt the others when it is told to', async () => {
    const conversation = converse();
    const playbacks = [conversation.speak(long), conversation.speak('This is never heard.')];
    await untilWord(playbacks[0]!);
    const last = conversation.speak('Fine.', { whenSpeaking: 'interrupt' });
    expect(await ends([...playbacks, last])).toEqual(['stopped', 'stopped', 'ended']);
  });

  it('shares the player with others', async () => {
    const [one, two] = [converse(), converse()];
    const playbacks = [
      one.speak('Hello there.'),
      two.speak('How are you today?'),
      tapped.player.speak({ ...service, text: 'Fine.', whenSpeaking: 'queue' }),
    ];
    const heard = playbacks.map(wordsHeard);
    expect(await ends(playbacks)).toEqual(['ended', 'ended', 'ended']);
    expect(heard).toEqual(words);
    await one.close();
    expect(await two.speak('Fine.').finished).toBe('ended');
  });

  it('speaks through a context of the player', async () => {
    const player = createPlayer();
    const conversation = createConversation(player, service);
    expect(await conversation.speak(tokensOf('Hello there.')).finished).toBe('ended');
    await player.close();
  });

  it('is refused at once when what is wrong with it can be seen', () => {
    expect(() => converse({ voiceId: '' })).toThrow(/voiceId/);
    expect(() => converse({ outputFormat: 'mp3_44100_128' })).toThrow(/mp3/);
    expect(() => converse().speak(' ')).toThrow(/text/);
    expect(() => converse().speak(undefined as never)).toThrow(/text/);
  });

  it('leaves nothing behind of a hundred turns', async () => {
    const conversation = converse();
    const turns: WeakRef<Playback>[] = [];
    async function speakSome(count: number): Promise<void> {
      for (let i = 0; i < count; i += 1) {
        const playback = conversation.speak(i % 2 ? 'Hm.' : tokensOf('Hm.'));
        turns.push(new WeakRef(playback));
        if (i % 10 === 0) await playback.finished;
        else if (i % 3 === 0) await playback.interrupt();
        else playback.stop();
      }
      await wait(400);
    }
    await speakSome(10);
    const before = await counters();
    await speakSome(100);
    expect(await health()).toMatchObject({ open_sockets: 1, open_contexts: 0 });
    await expect
      .poll(
        async () => {
          await counters();
          return turns.filter((turn) => turn.deref()).length;
        },
        { timeout: 5000 },
      )
      .toBeLessThan(3);
    const after = await counters();
    expect(after.jsEventListeners).toBeLessThanOrEqual(before.jsEventListeners + 10);
  }, 60_000);
});
