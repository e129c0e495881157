import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { SpeechServer } from '../../demo/speech-server/server.ts';
import { createSpeechClient, type SpeechClient, type SpeechSession } from '../../src/core/index.ts';
import type { SpeechClientOptions } from '../../src/core/client-options.ts';
import { startOwnSpeechServer } from '../speech-server/support/own-speech-server.ts';
import { hear, tokensOf, wordsOf } from '../support/heard-speech.ts';
import { createRecordingSocket, sentText } from '../support/recording-socket.ts';
import { rejection, speechError } from '../support/rejection.ts';
import { healthOf, nothingOpen } from '../support/server-health.ts';
import { finalFrame, frameOf, startSocketServer } from '../support/socket-server.ts';

const voiceId = 'kal16UsEnglishMale01';
const text = 'The quick brown fox jumps over the lazy dog. It costs $5 today, and 3.14 is not pi; is it? Good night.';
const long = 'The quick brown fox jumps over the lazy dog. '.repeat(100);
const format = { outputFormat: 'pcm_8000' } as const;
const patience = { timeout: 20_000 };

// The machine may be busy.
vi.setConfig({ testTimeout: 60_000 });

let server: SpeechServer;
beforeAll(async () => {
  server = await startOwnSpeechServer({ port: 0 });
}, 30_000);
afterAll(() => server.close());

function createClient(options: SpeechClientOptions = {}): SpeechClient {
  return createSpeechClient({ baseUrl: server.url, apiKey: 'k', WebSocket, ...options });
}

function connect(options: Parameters<SpeechClient['textToSpeech']['connect']>[1] = {}): SpeechSession {
  return createClient().textToSpeech.connect(voiceId, { ...format, ...options });
}

/** Sentences that come more slowly than they are made. */
async function* sentencesOf(written: string): AsyncGenerator<string> {
  for (const sentence of written.match(/[^.]+\. ?/g) ?? []) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    yield sentence;
  }
}

/** Waits until the server has nothing open any more. */
async function untilNothingIsOpen(): Promise<void> {
  await expect.poll(() => healthOf(server.url), patience).toMatchObject(nothingOpen);
}

const voice = {
  voice_settings: { stability: 0.4, similarity_boost: 0.7, style: 0.1, use_speaker_boost: false, speed: 1.1 },
  generation_config: { chunk_length_schedule: [50, 90, 120] },
  pronunciation_dictionary_locators: [{ pronunciation_dictionary_id: 'd', version_id: 'v' }],
};
const everything = {
  model_id: 'eleven_flash_v2_5',
  language_code: 'en',
  apply_text_normalization: 'off',
  seed: 7,
  outputFormat: 'pcm_8000',
  enableLogging: true,
  enableSsmlParsing: true,
  inactivityTimeout: 45,
  syncAlignment: true,
  autoMode: false,
  ...voice,
} as const;
const everyParameter = {
  model_id: 'eleven_flash_v2_5',
  language_code: 'en',
  enable_logging: 'true',
  enable_ssml_parsing: 'true',
  output_format: 'pcm_8000',
  inactivity_timeout: '45',
  sync_alignment: 'true',
  auto_mode: 'false',
  apply_text_normalization: 'off',
  seed: '7',
};

describe('what stream-input is told', () => {
  test('is everything that was asked for, as the service spells it', async () => {
    const { url, connections } = await startSocketServer({
      message: ({ send }, message) => message['text'] === '' && send(frameOf('One two three. '), finalFrame()),
    });
    const client = createClient({ baseUrl: url, headers: { 'x-app': 'a' } });
    const session = client.textToSpeech.connect('a b', everything);
    await session.send('One ', { try_trigger_generation: true });
    const generator_config = { chunk_length_schedule: [60] };
    await session.send('two ', { voice_settings: voice.voice_settings, generator_config, flush: true });
    await session.send('three.', {});
    await session.flush();
    await session.end();
    expect((await hear(session, 'One two three.')).error).toBeUndefined();
    const [connection] = connections;
    expect(connection?.path).toBe('/v1/text-to-speech/a%20b/stream-input');
    expect(Object.fromEntries(connection!.query)).toEqual(everyParameter);
    expect(connection?.headers).toMatchObject({ 'xi-api-key': 'k', 'x-app': 'a' });
    expect(connection?.messages).toEqual([
      { text: ' ', ...voice },
      { text: 'One ', try_trigger_generation: true },
      { text: 'two ', voice_settings: voice.voice_settings, generator_config, flush: true },
      { text: 'three. ', flush: true },
      { text: '' },
    ]);
  });

  test('is nothing else', async () => {
    const { url, connections } = await startSocketServer({
      message: ({ send }, message) => message['text'] === '' && send(frameOf('Hello.'), finalFrame()),
    });
    const session = createSpeechClient({ baseUrl: url, WebSocket }).textToSpeech.connect('v');
    void session.send('Hello.');
    void session.end();
    await hear(session, 'Hello.');
    expect(connections[0]?.query.size).toBe(0);
    expect(connections[0]?.headers).not.toHaveProperty('authorization');
    expect(connections[0]?.headers).not.toHaveProperty('xi-api-key');
    expect(connections[0]?.messages).toEqual([{ text: ' ' }, { text: 'Hello. ' }, { text: '' }]);
  });

  test('is to keep nothing, when the client is told so', async () => {
    const { url, connections } = await startSocketServer();
    const { textToSpeech } = createClient({ baseUrl: url, zeroRetention: true });
    for (const call of ['connect', 'connectMulti'] as const) {
      expect(() => textToSpeech[call]('v', { enableLogging: true })).toThrow(TypeError);
      const session = textToSpeech[call]('v', { enableLogging: false });
      await expect.poll(() => connections.length, patience).toBe(call === 'connect' ? 1 : 2);
      await session.close();
    }
    expect(connections.map(({ query }) => query.get('enable_logging'))).toEqual(['false', 'false']);
  });

  test.each([{ inactivityTimeout: 0 }, { inactivityTimeout: NaN }, { inactivityTimeout: Infinity }, { timeout: -1 }])(
    'can not be %o',
    (options) => {
      expect(() => createClient().textToSpeech.connect('v', options)).toThrow(TypeError);
      expect(() => createClient().textToSpeech.connectMulti('v', options)).toThrow(TypeError);
    },
  );
});

describe('what multi-stream-input is told', () => {
  test('is everything that was asked for, as the service spells it', async () => {
    const { url, connections } = await startSocketServer({
      message: ({ send }, message) => {
        const id = String(message['context_id']);
        if (message['close_context']) send(frameOf('One two.', 100, id), finalFrame(id));
      },
    });
    const session = createClient({ baseUrl: url }).textToSpeech.connectMulti('v', everything);
    const first = session.createContext({ contextId: 'a' });
    await first.send('One ', { flush: true });
    await first.send('two.');
    await first.close();
    expect((await hear(first, 'One two.')).error).toBeUndefined();
    const own = { voice_settings: { speed: 0.9 } };
    const second = session.createContext({ contextId: 'b', ...own });
    await second.send('One ');
    second.cancel();
    await session.close();
    const [connection] = connections;
    expect(connection?.path).toBe('/v1/text-to-speech/v/multi-stream-input');
    expect(Object.fromEntries(connection!.query)).toEqual(everyParameter);
    expect(connection?.headers).toMatchObject({ 'xi-api-key': 'k' });
    expect(connection?.messages).toEqual([
      { text: ' ', ...voice, context_id: 'a' },
      { text: 'One ', context_id: 'a', flush: true },
      { text: 'two. ', context_id: 'a' },
      { context_id: 'a', flush: true },
      { context_id: 'a', close_context: true },
      { text: ' ', ...voice, ...own, context_id: 'b' },
      { text: 'One ', context_id: 'b' },
      { context_id: 'b', close_context: true },
      { context_id: 'b', close_context: true },
      { close_socket: true },
    ]);
  });
});

describe('text', () => {
  const sources = {
    'a string': () => text,
    'tokens that are written': () => tokensOf(text),
    'a list of tokens': () => text.match(/.{1,4}/g)!,
    'single characters': () => [...text],
  };
  test.each(Object.entries(sources))('can be %s', async (_name, source) => {
    const { WebSocket: recording, connections } = createRecordingSocket();
    const session = createClient({ WebSocket: recording }).textToSpeech.connect(voiceId, {
      ...format,
      syncAlignment: true,
    });
    void session.send(source()).then(() => session.end());
    const { words, error } = await hear(session, text);
    expect(error).toBeUndefined();
    expect(words.map((word) => word.text)).toEqual(wordsOf(text));
    expect(words.filter(({ estimated }) => estimated)).toEqual([]);
    expect(session.text).toBe(text);
    expect(session.format).toBe('pcm_8000');
    expect(session.warnings).toEqual([]);
    expect(sentText(connections[0]!)).toBe(text);
    const pieces = connections[0]!.messages.map((message) => String(message['text']));
    expect(pieces.slice(0, -1).every((piece) => piece.endsWith(' '))).toBe(true);
  });

  test('is cut between words only, in auto mode between phrases', async () => {
    for (const autoMode of [false, true]) {
      const { WebSocket: recording, connections } = createRecordingSocket();
      const session = createClient({ WebSocket: recording }).textToSpeech.connect(voiceId, { ...format, autoMode });
      await session.send(tokensOf(text));
      void session.end();
      expect((await hear(session, text)).error).toBeUndefined();
      const pieces = connections[0]!.messages.slice(1, -1).map((message) => String(message['text']).trim());
      expect(pieces.every((piece) => text.includes(piece))).toBe(true);
      expect(pieces.flatMap((piece) => piece.split(' '))).toEqual(text.split(' '));
      expect(pieces.every((piece) => /[.?]$/.test(piece))).toBe(autoMode);
    }
  });

  test('is spoken by a flush before its end', async () => {
    const session = connect();
    const iterator = session[Symbol.asyncIterator]();
    await session.send('Hello the');
    await session.flush();
    const { value } = await iterator.next();
    expect(value?.audio.length).toBeGreaterThan(0);
    await session.send('re.');
    await session.end();
    while ((await iterator.next()).done !== true);
    expect(session.text).toBe('Hello there.');
    await untilNothingIsOpen();
  });

  test.each(['', ' ', '\n \t'])('that is %j is spoken without a sound', async (nothing) => {
    for (const call of ['connect', 'connectMulti'] as const) {
      const session = createClient().textToSpeech[call](voiceId, format);
      const speech = 'createContext' in session ? session.createContext() : session;
      void speech.send(nothing);
      void speech.end();
      expect(await hear(speech, nothing)).toMatchObject({ chunks: [], error: undefined });
      await session.close();
    }
    await untilNothingIsOpen();
  });

  test('is not needed for an end', async () => {
    const session = connect();
    await session.end();
    expect(await hear(session, '')).toMatchObject({ chunks: [], error: undefined });
    await untilNothingIsOpen();
  });

  test('that nothing can be spoken of is an error that says so', async () => {
    const session = connect();
    void session.send('日本語 を 話す');
    void session.end();
    const { error } = await hear(session, '');
    expect(error).toMatchObject({ code: 'protocol' });
    expect(String(error)).not.toContain('日本語');
  });

  test.each([undefined, null, 5, {}])('is none when it is %o', async (source) => {
    const session = connect();
    expect(await rejection(session.send(source as string))).toBeInstanceOf(TypeError);
    expect(await rejection(session.send([source as string]))).toBeInstanceOf(TypeError);
    void session.send('Still here.');
    void session.end();
    expect((await hear(session, 'Still here.')).words).toHaveLength(2);
  });

  test('whose source fails is spoken as far as it came', async () => {
    const session = connect();
    const mine = new Error('mine');
    async function* failing(): AsyncGenerator<string> {
      yield 'As far ';
      throw mine;
    }
    expect(await rejection(session.send(failing()))).toBe(mine);
    void session.end();
    expect((await hear(session, 'As far ')).words.map((word) => word.text)).toEqual(['As', 'far']);
  });

  test('can not follow the end', async () => {
    for (const call of ['connect', 'connectMulti'] as const) {
      const session = createClient().textToSpeech[call](voiceId, format);
      const speech = 'createContext' in session ? session.createContext() : session;
      const reading = hear(speech, text);
      await speech.send('Hello there.');
      await speech.end();
      expect(await rejection(speech.send('More.'))).toBeInstanceOf(TypeError);
      expect((await reading).bytes).toBeGreaterThan(0);
      expect(await rejection(speech.send('More.'))).toBeInstanceOf(TypeError);
      await speech.end();
      await session.close();
    }
  });
});

describe('a session is over and nothing of it is left', () => {
  const leavings: Readonly<Record<string, (session: SpeechSession, caller: AbortController) => Promise<unknown>>> = {
    'when its reader breaks off': async (session) => {
      for await (const chunk of session) if (chunk.audio.length > 0) break;
    },
    'when its reader throws': (session) =>
      rejection(
        (async () => {
          for await (const chunk of session) throw new Error(`${chunk.audio.length} bytes`);
        })(),
      ),
    'when its caller aborts': async (session, caller) => {
      const mine = new Error('mine');
      const reading = (async () => {
        for await (const chunk of session) if (chunk.audio.length > 0) caller.abort(mine);
      })();
      expect(await rejection(reading)).toBe(mine);
      expect(await rejection(session.send('More '))).toBe(mine);
    },
    'when it is closed while it is read': async (session) => {
      for await (const chunk of session) if (chunk.audio.length > 0) void session.close();
    },
    'when it is closed and was never read': (session) => session.close(),
    'at the end of its block': async (session) => {
      await using own = session;
      await own.send('More ');
    },
    'at the end of its block, be that not awaited': async (session) => {
      using own = session;
      await own.send('More ');
    },
    'when it has come to its end': async (session) => {
      await session.end();
      await hear(session, '');
    },
  };
  test.each(Object.entries(leavings))('%s', async (_name, leave) => {
    const caller = new AbortController();
    const session = connect({ signal: caller.signal, inactivityTimeout: 1 });
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(1);
    await session.send(long.slice(0, 900), { flush: true });
    await expect.poll(() => healthOf(server.url), patience).toMatchObject({ open_sockets: 1 });
    await leave(session, caller);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    await untilNothingIsOpen();
    await session.close();
    await rejection(session.send('more'));
  });

  test('when its signal had aborted before, and nobody was asked', async () => {
    const { url, ...served } = await startSocketServer();
    const asked: string[] = [];
    const singleUseToken = (): string => `${asked.push('token')}`;
    const client = createSpeechClient({ baseUrl: url, WebSocket, singleUseToken });
    for (const call of ['connect', 'connectMulti'] as const) {
      const signal = AbortSignal.abort('mine');
      const session = client.textToSpeech[call](voiceId, { signal });
      if ('createContext' in session) expect(() => session.createContext()).toThrow('mine');
      else expect(await hear(session, '')).toMatchObject({ chunks: [], error: 'mine' });
      await session.close();
    }
    expect(asked).toEqual([]);
    expect(served.connections).toHaveLength(0);
  });

  test('when it is closed before the connection is open', async () => {
    const never = new Promise<string>(() => {});
    const sessions = [
      connect(),
      createClient({ apiKey: undefined, token: () => never }).textToSpeech.connect(voiceId),
      createClient({ singleUseToken: () => never }).textToSpeech.connect(voiceId),
    ];
    for (const session of sessions) {
      const sent = rejection(session.send('Hello. '));
      const reading = hear(session, '');
      await session.close();
      expect(await speechError(sent.then((error) => Promise.reject(error)))).toMatchObject({ code: 'consumed' });
      expect(await reading).toMatchObject({ chunks: [], error: undefined });
      expect((await speechError(session.send('Hello. '))).code).toBe('consumed');
    }
    await untilNothingIsOpen();
  });

  test('after its source of text was told to return', async () => {
    const session = connect();
    let isReturned = false;
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          yield 'word ';
        }
      } finally {
        isReturned = true;
      }
    }
    const sent = rejection(session.send(endless()));
    for await (const chunk of session) if (chunk.audio.length > 0) break;
    expect(await sent).toMatchObject({ code: 'consumed' });
    await expect.poll(() => isReturned, patience).toBe(true);
    await untilNothingIsOpen();
  });
});

describe('a session is read once', () => {
  test('and a second reader is told so', async () => {
    const session = connect();
    void session.send('Hello there.');
    void session.end();
    const first = session[Symbol.asyncIterator]();
    expect(() => session[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'consumed' }));
    expect((await first.next()).done).toBe(false);
    await first.return?.();
    expect(() => session[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ code: 'consumed' }));
    await untilNothingIsOpen();
  });
});

describe('text waits', () => {
  test('for a reader who has begun and stopped reading', async () => {
    const { WebSocket: recording, connections } = createRecordingSocket();
    const session = createClient({ WebSocket: recording }).textToSpeech.connect(voiceId, {
      outputFormat: 'pcm_44100',
      autoMode: true,
    });
    const whole = long.slice(0, 1350);
    let isSent = false;
    const sent = session.send(sentencesOf(whole)).then(() => (isSent = true));
    const iterator = session[Symbol.asyncIterator]();
    let bytes = (await iterator.next()).value?.audio.length ?? 0;
    const sentLength = (): number => sentText(connections[0]!).length;
    let before = -1;
    await expect
      .poll(
        () => {
          const grown = sentLength() - before;
          before = sentLength();
          return grown;
        },
        { timeout: 20_000, interval: 400 },
      )
      .toBe(0);
    expect(isSent).toBe(false);
    expect(sentLength()).toBeLessThan(whole.length / 2);
    void sent.then(() => session.end());
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      bytes += next.value.audio.length;
    }
    expect(isSent).toBe(true);
    expect(sentText(connections[0]!)).toBe(whole.trim());
    expect(bytes / 88_200).toBeGreaterThan(60);
  });

  test('until the connection has taken it', async () => {
    const { url, connections } = await startSocketServer({ open: ({ socket }) => socket.pause() });
    const session = createClient({ baseUrl: url }).textToSpeech.connect('v', format);
    let isSent = false;
    const sent = session.send(`${'é'.repeat(900)} `.repeat(3300)).then(() => (isSent = true));
    await expect.poll(() => connections.length, patience).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isSent).toBe(false);
    connections[0]!.socket.resume();
    await sent;
    await session.close();
  });
});

describe('timing that is wrong or missing is told and harms no audio', () => {
  test.each([
    ['null', 'null'],
    ['mismatched', { chars: ['a', 'b'], charStartTimesMs: [0], charDurationsMs: [1] }],
    ['of another kind', { chars: 'ab', charStartTimesMs: 3 }],
  ])('%s', async (name, alignment) => {
    const { url } = await startSocketServer({
      message: ({ send }, message) => {
        if (message['text'] !== '') return;
        const frames = ['One ', 'two ', 'three.'].map((spoken) => frameOf(spoken));
        send(frames[0], { ...frames[1], alignment: name === 'null' ? null : alignment }, frames[2], finalFrame());
      },
    });
    const session = createClient({ baseUrl: url }).textToSpeech.connect('v', { ...format, syncAlignment: true });
    void session.send('One two three.');
    void session.end();
    const { bytes, words, error } = await hear(session, 'One two three.');
    expect(error).toBeUndefined();
    expect(bytes).toBe(4800);
    expect(words.map((word) => word.text)).toEqual(['One', 'two', 'three']);
    expect(session.warnings).toHaveLength(name === 'null' ? 0 : 1);
    expect(session.warnings.join('')).not.toMatch(/two/);
  });
});
