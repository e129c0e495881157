import { afterEach, describe, expect, inject, it } from 'vitest';
import { tokensOf } from '../support/heard-speech.ts';
import { createConversation, createPlayer, type Player } from '../../src/player/index.ts';

const PlatformWorker = globalThis.Worker;
const request = {
  baseUrl: inject('speechServerUrl'),
  token: 'test',
  voiceId: 'kal16UsEnglishMale01',
  text: 'Hello there',
};
/** The same for a text that is still being written. */
const live = () => ({ ...request, text: tokensOf('Hello there') });
let player: Player | undefined;

afterEach(async () => {
  globalThis.Worker = PlatformWorker;
  await player?.close();
});

/** Notes the addresses of Workers that are started, and turns away those that `isBlocked` says, as a policy would. */
function watchWorkers(isBlocked: (url: string) => boolean): string[] {
  const urls: string[] = [];
  globalThis.Worker = class extends PlatformWorker {
    constructor(url: string | URL, options?: WorkerOptions) {
      urls.push(String(url));
      if (isBlocked(String(url))) throw new DOMException('blocked', 'SecurityError');
      super(url, options);
    }
  };
  return urls;
}

it('starts the Worker from the file beside the player, once', async () => {
  const urls = watchWorkers(() => false);
  player = createPlayer();
  await player.speak(request).finished;
  await player.speak(request).finished;
  expect(urls).toEqual([expect.stringMatching(/\/player\/speech-worker\.js/)]);
});

it('starts the inline copy where the file was left behind', async () => {
  const urls = watchWorkers((url) => !url.startsWith('blob:'));
  player = createPlayer();
  expect(await player.speak(request).finished).toBe('ended');
  expect(urls).toHaveLength(2);
});

it("speaks on the page's thread where no Worker can be had", async () => {
  const urls = watchWorkers(() => true);
  player = createPlayer();
  expect(await player.speak(request).finished).toBe('ended');
  expect(urls).toHaveLength(2);
});

it("starts the Worker from the page's own address alone when there is one", async () => {
  const urls = watchWorkers(() => false);
  player = createPlayer({ workerUrl: '/no/such/worker.js' });
  await expect(player.speak(request).finished).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('workerUrl'),
  });
  expect(urls).toEqual(['/no/such/worker.js']);
  await player.close();
  player = createPlayer({ workerUrl: '/src/player/speech-worker.js' });
  expect(await player.speak(request).finished).toBe('ended');
});

it('tries the address of the page again after it has failed once', async () => {
  let isOpen = false;
  const urls = watchWorkers(() => !isOpen);
  player = createPlayer({ workerUrl: '/src/player/speech-worker.js' });
  await expect(player.speak(request).finished).rejects.toMatchObject({ code: 'unsupported' });
  isOpen = true;
  expect(await player.speak(request).finished).toBe('ended');
  expect(urls).toHaveLength(2);
});

it('does not hang in `close` on a script that never listens', async () => {
  player = createPlayer({ workerUrl: '/test/support/seeded-random.ts' });
  const playback = player.speak(request);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await player.close();
  expect(await playback.finished).toBe('stopped');
});

it('starts no Worker for a player that is closed', async () => {
  const urls = watchWorkers(() => false);
  player = createPlayer();
  await player.close();
  await expect(player.prepare()).rejects.toThrow(/closed/);
  expect(urls).toEqual([]);
});

it('speaks a request that a framework has made reactive', async () => {
  player = createPlayer();
  const reactive = { ...request, voice_settings: new Proxy({ speed: 1.1 }, {}), timeout: Infinity };
  expect(await player.speak(reactive).finished).toBe('ended');
});

it("tells why the page's token function failed, and asks it again after a 401", async () => {
  player = createPlayer();
  const cause = new Error('signed out');
  const failing = player.speak({ ...request, token: () => Promise.reject(cause) });
  await expect(failing.finished).rejects.toMatchObject({ code: 'unauthorized', cause });

  const tokens = ['invalid', 'good'];
  const renewed = player.speak({ ...request, token: () => tokens.shift() ?? 'none left' });
  expect(await renewed.finished).toBe('ended');
  expect(tokens).toEqual([]);
});

it('ends the request when the playback is stopped', async () => {
  player = createPlayer();
  const long = Array.from({ length: 60 }, () => 'The quick brown fox jumps over the lazy dog.').join(' ');
  const playback = player.speak({ ...request, text: long, headers: { 'x-fault-pace': '1.5' } });
  await expect.poll(() => playback.state).toBe('playing');
  const openSpeeches = async (): Promise<number> => {
    const health = (await (await fetch(`${request.baseUrl}/health`)).json()) as { open_speeches: number };
    return health.open_speeches;
  };
  expect(await openSpeeches()).toBe(1);
  playback.stop();
  await expect.poll(openSpeeches).toBe(0);
});

describe('for texts that are still being written', () => {
  it('a Worker of their own is started from the file beside the player, once, with the first of them', async () => {
    const urls = watchWorkers(() => false);
    player = createPlayer();
    await player.speak(live()).finished;
    const conversation = createConversation(player, request);
    await conversation.speak('Hello there').finished;
    expect(urls).toEqual([expect.stringMatching(/\/player\/live-worker\.js/)]);
    await player.speak(request).finished;
    expect(urls).toHaveLength(2);
  });

  it('the inline copy is started where the file was left behind', async () => {
    const urls = watchWorkers((url) => !url.startsWith('blob:'));
    player = createPlayer();
    expect(await player.speak(live()).finished).toBe('ended');
    expect(urls).toHaveLength(2);
  });

  it("the page's thread serves where no Worker can be had, in a conversation too", async () => {
    const urls = watchWorkers(() => true);
    player = createPlayer();
    expect(await player.speak(live()).finished).toBe('ended');
    const conversation = createConversation(player, request);
    const turns = [conversation.speak('Hello there'), conversation.speak(tokensOf('Hello there'))];
    expect(await Promise.all(turns.map(({ finished }) => finished))).toEqual(['ended', 'ended']);
    expect(urls).toHaveLength(2);
  });

  it.each(['WebSocket', 'fetch'] as const)("the page's thread serves with the page's own %s", async (name) => {
    const urls = watchWorkers(() => false);
    player = createPlayer();
    expect(await player.speak({ ...live(), [name]: globalThis[name] }).finished).toBe('ended');
    expect(urls).toEqual([]);
  });

  it("the page's own address alone is used when there is one", async () => {
    const urls = watchWorkers(() => false);
    player = createPlayer({ liveWorkerUrl: '/no/such/worker.js' });
    const refusal = { code: 'unsupported', message: expect.stringContaining('liveWorkerUrl') };
    await expect(player.speak(live()).finished).rejects.toMatchObject(refusal);
    expect(urls).toEqual(['/no/such/worker.js']);
    const conversation = createConversation(player, request);
    await expect(conversation.speak('Hello there').finished).rejects.toMatchObject(refusal);
    await conversation.close();
    await player.close();
    player = createPlayer({ liveWorkerUrl: '/src/player/live-worker.ts' });
    expect(await player.speak(live()).finished).toBe('ended');
  });

  it('a script that never listens does not hang `close`', async () => {
    player = createPlayer({ liveWorkerUrl: '/test/support/seeded-random.ts' });
    const playback = player.speak(live());
    const conversation = createConversation(player, request);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await conversation.close();
    await player.close();
    expect(await playback.finished).toBe('stopped');
  });

  it('a request that a framework has made reactive is spoken', async () => {
    player = createPlayer();
    const reactive = { ...live(), voice_settings: new Proxy({ speed: 1.1 }, {}), retry: { maxDelay: Infinity } };
    expect(await player.speak(reactive).finished).toBe('ended');
  });
});
