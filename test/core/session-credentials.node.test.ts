import { inspect } from 'node:util';
import { describe, expect, inject, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createSpeechClient, type SpeechClient } from '../../src/core/index.ts';
import type { SpeechClientOptions } from '../../src/core/client-options.ts';
import { hear } from '../support/heard-speech.ts';
import { PageSocket } from '../support/page-socket.ts';
import { createRecordingSocket } from '../support/recording-socket.ts';
import { finalFrame, frameOf, startSocketServer, type SocketHandler } from '../support/socket-server.ts';
import { socketCalls, speakOnce } from '../support/speak-once.ts';

const voiceId = 'kal16UsEnglishMale01';
const said = 'Hello there.';
const format = { outputFormat: 'pcm_8000' } as const;
const faults = { 'x-fault-socket-drop': '1', 'x-fault-times': '1' };

// The machine may be busy.
vi.setConfig({ testTimeout: 60_000 });

function createClient(options: SpeechClientOptions): SpeechClient {
  return createSpeechClient({
    baseUrl: inject('speechServerUrl'),
    WebSocket,
    retry: { attempts: 3, minDelay: 0 },
    ...options,
  });
}

/** Speaks whatever it is asked to. */
const speaking: SocketHandler = {
  message({ send }, message) {
    const id = message['context_id'] as string | undefined;
    if (message['text'] === '' || message['flush'] === true) send(frameOf(said, 100, id));
    if (message['text'] === '' || message['close_context'] === true) send(finalFrame(id));
  },
};

/** A function that gives another token each time. */
function numberedTokens(): () => string {
  let count = 0;
  return () => `token-${(count += 1)}`;
}

function bearerOf({ authorization }: { readonly authorization?: unknown }): string {
  return String(authorization);
}

describe('where there are headers, they prove who asks', () => {
  const proofs: readonly (readonly [SpeechClientOptions, object])[] = [
    [{ apiKey: 'sec-ret' }, { 'xi-api-key': 'sec-ret' }],
    [{ token: 'sec-ret' }, { authorization: 'Bearer sec-ret' }],
    [{ token: async () => 'sec-ret', tokenInQuery: true }, { authorization: 'Bearer sec-ret' }],
  ];
  test.each(proofs)('%o', async (options, headers) => {
    const { url, connections } = await startSocketServer(speaking);
    for (const call of socketCalls) {
      expect((await speakOnce(createClient({ baseUrl: url, ...options }), said, call)).error).toBeUndefined();
      expect((await speakOnce(createClient(options), said, call)).error).toBeUndefined();
    }
    for (const connection of connections) {
      expect(connection.headers).toMatchObject(headers);
      expect(String(connection.query)).not.toContain('sec-ret');
      expect(JSON.stringify(connection.messages)).not.toContain('sec-ret');
    }
    expect(connections).toHaveLength(2);
  });
});

describe('where there are none, the first message of every connection does', () => {
  const proofs: readonly (readonly [SpeechClientOptions, object, object])[] = [
    [{ apiKey: 'sec-ret' }, { 'xi-api-key': 'sec-ret' }, { xi_api_key: 'sec-ret' }],
    [{ apiKey: 'sec-ret', tokenInQuery: true }, { 'xi-api-key': 'sec-ret' }, { xi_api_key: 'sec-ret' }],
    [{ token: 'sec-ret' }, { authorization: 'Bearer sec-ret' }, { authorization: 'Bearer sec-ret' }],
  ];
  test.each(proofs)('%o', async (options, field, multiField) => {
    const { url, connections } = await startSocketServer({
      ...speaking,
      open: ({ socket }, index) => {
        if (index % 2 === 0) socket.once('message', () => socket.close(1012));
      },
    });
    for (const call of socketCalls) {
      expect(
        (await speakOnce(createClient({ baseUrl: url, WebSocket: PageSocket, ...options }), said, call)).error,
      ).toBeUndefined();
      expect((await speakOnce(createClient({ WebSocket: PageSocket, ...options }), said, call)).error).toBeUndefined();
    }
    expect(connections).toHaveLength(4);
    for (const [index, { messages, query, headers }] of connections.entries()) {
      expect(messages[0]).toMatchObject({ text: ' ', ...(index < 2 ? field : multiField) });
      expect(JSON.stringify(messages.slice(1))).not.toContain('sec-ret');
      expect(String(query)).not.toContain('sec-ret');
      expect(JSON.stringify(headers)).not.toContain('sec-ret');
    }
  });

  test('once for all its contexts', async () => {
    const { url, connections } = await startSocketServer(speaking);
    const client = createClient({ baseUrl: url, WebSocket: PageSocket, apiKey: 'k' });
    const session = client.textToSpeech.connectMulti(voiceId, format);
    for (const contextId of ['a', 'b']) await session.createContext({ contextId }).send('Hello. ');
    await session.close();
    const firsts = connections[0]!.messages.filter(({ text }) => text === ' ');
    expect(firsts).toEqual([
      { text: ' ', xi_api_key: 'k', context_id: 'a' },
      { text: ' ', context_id: 'b' },
    ]);
  });

  test('unless a token may stand in the address', async () => {
    const { url, connections } = await startSocketServer(speaking);
    const options = { WebSocket: PageSocket, token: 'sec-ret', tokenInQuery: true };
    for (const call of socketCalls) {
      expect((await speakOnce(createClient({ baseUrl: url, ...options }), said, call)).error).toBeUndefined();
      expect((await speakOnce(createClient(options), said, call)).error).toBeUndefined();
    }
    for (const { query, messages } of connections) {
      expect(query.get('authorization')).toBe('Bearer sec-ret');
      expect(JSON.stringify(messages)).not.toContain('sec-ret');
    }
  });

  test('and is refused by an error that shows nothing of it', async () => {
    for (const call of socketCalls) {
      const { error } = await speakOnce(createClient({ WebSocket: PageSocket, apiKey: 'invalid' }), said, call);
      expect(error).toMatchObject({ code: 'unauthorized', unspokenText: said });
      const none = await speakOnce(createClient({ WebSocket: PageSocket }), said, call);
      expect(none.error).toMatchObject({ code: 'unauthorized', unspokenText: said });
      expect(inspect([error, none.error])).not.toMatch(/Hello/);
    }
  });
});

describe('a single-use token', () => {
  const server = createClient({ apiKey: 'k' });
  const fresh = async (): Promise<string> => (await server.tokens.createSingleUse('tts_websocket')).token;

  test('is in the address and alone', async () => {
    const { url, connections } = await startSocketServer(speaking);
    for (const WebSocketClass of [WebSocket, PageSocket]) {
      const client = createClient({
        baseUrl: url,
        WebSocket: WebSocketClass,
        apiKey: 'sec-ret',
        singleUseToken: 'once',
      });
      expect((await speakOnce(client, said)).error).toBeUndefined();
    }
    for (const { query, headers, messages } of connections) {
      expect(query.get('single_use_token')).toBe('once');
      expect(JSON.stringify([headers, messages])).not.toContain('sec-ret');
    }
    expect(connections).toHaveLength(2);
  });

  test('opens one connection, and no second one', async () => {
    const client = createClient({ WebSocket: PageSocket, singleUseToken: await fresh() });
    expect((await speakOnce(client, said)).error).toBeUndefined();
    const { WebSocket: recording, connections } = createRecordingSocket();
    const again = await speakOnce(createClient({ WebSocket: recording, singleUseToken: await fresh() }), said);
    expect(again.error).toBeUndefined();
    const used = connections[0]!.url.searchParams.get('single_use_token')!;
    const { error } = await speakOnce(createClient({ singleUseToken: used }), said);
    expect(error).toMatchObject({ code: 'unauthorized', status: 401, unspokenText: said });
    expect(inspect(error)).not.toContain(used);
  });

  test('is asked for at every connect, when a speech goes on as well', async () => {
    for (const call of socketCalls) {
      const tokens: string[] = [];
      const { WebSocket: recording, connections } = createRecordingSocket();
      const client = createClient({
        WebSocket: recording,
        headers: { ...faults, 'x-fault-key': `single-use ${call}` },
        singleUseToken: async () => {
          const token = await fresh();
          tokens.push(token);
          return token;
        },
      });
      expect((await speakOnce(client, said, call)).error).toBeUndefined();
      expect((await speakOnce(client, said, call)).error).toBeUndefined();
      expect(connections.map(({ url }) => url.searchParams.get('single_use_token'))).toEqual(tokens);
      expect(new Set(tokens).size).toBe(3);
    }
  });

  test('that was a string does not let a speech go on', async () => {
    const headers = { ...faults, 'x-fault-key': 'single-use string' };
    const { error } = await speakOnce(createClient({ headers, singleUseToken: await fresh() }), said);
    expect(error).toMatchObject({ code: 'unauthorized', status: 401 });
  });

  const failures: Readonly<Record<string, () => string | Promise<string>>> = {
    throws: () => {
      throw new Error('sec-ret');
    },
    rejects: () => Promise.reject(new Error('sec-ret')),
    'gives nothing': () => '',
    'gives something else': () => 5 as unknown as string,
  };
  test.each(Object.entries(failures))('whose function %s is an error, and is asked for once', async (_name, give) => {
    const singleUseToken = vi.fn(give);
    const { error } = await speakOnce(createClient({ singleUseToken }), said);
    expect(error).toMatchObject({ code: 'unauthorized', unspokenText: said });
    expect((error as Error).message).not.toContain('sec-ret');
    expect(singleUseToken).toHaveBeenCalledTimes(1);
  });
});

describe('a token function', () => {
  /** Refuses every token but one, at the handshake or in answer to the first message. */
  const accepting: Readonly<Record<string, (isGood: (bearer: string) => boolean) => SocketHandler>> = {
    'at the handshake': (isGood) => ({
      ...speaking,
      refuse: (_index, headers) => (isGood(bearerOf(headers)) ? undefined : 401),
    }),
    'by an error frame': (isGood) => ({
      message(connection, message, index) {
        if (message['authorization'] === undefined || isGood(bearerOf(message))) {
          speaking.message?.(connection, message, index);
          return;
        }
        connection.send({ message: 'no', error: 'invalid_api_key', code: 1008 });
        connection.socket.close(1008, 'no');
      },
    }),
  };

  describe.each(Object.entries(accepting))('whose token is refused %s', (name, handler) => {
    const WebSocketClass = name === 'at the handshake' ? WebSocket : PageSocket;

    test.each(socketCalls)('is asked again, once: %s', async (call) => {
      const good = await startSocketServer(handler((bearer) => bearer === 'Bearer token-2'));
      const token = vi.fn(numberedTokens());
      const client = createClient({ baseUrl: good.url, WebSocket: WebSocketClass, token });
      expect((await speakOnce(client, said, call)).error).toBeUndefined();
      expect(token).toHaveBeenCalledTimes(2);
      expect(good.handshakes).toBe(2);
      expect((await speakOnce(client, said, call)).error).toBeUndefined();
      expect(token).toHaveBeenCalledTimes(2);

      const bad = await startSocketServer(handler(() => false));
      const useless = vi.fn(numberedTokens());
      const { error } = await speakOnce(
        createClient({ baseUrl: bad.url, WebSocket: WebSocketClass, token: useless }),
        said,
        call,
      );
      expect(error).toMatchObject({ code: 'unauthorized', unspokenText: said });
      expect(useless).toHaveBeenCalledTimes(2);
      expect(bad.handshakes).toBe(2);
    });

    test('is asked again for each connection that a session opens', async () => {
      let good = '';
      const served = await startSocketServer(handler((bearer) => bearer === good));
      const token = vi.fn(numberedTokens());
      const client = createClient({ baseUrl: served.url, WebSocket: WebSocketClass, token });
      const session = client.textToSpeech.connectMulti(voiceId, format);
      for (const count of [2, 3, 4]) {
        good = `Bearer token-${count}`;
        const context = session.createContext();
        void context.send(said);
        void context.close();
        expect((await hear(context, said)).error).toBeUndefined();
        expect(token).toHaveBeenCalledTimes(count);
        served.connections.at(-1)!.socket.close(1012);
        await expect.poll(() => served.openSockets, { timeout: 20_000 }).toBe(0);
      }
      good = '';
      for (const count of [5, 7]) {
        const context = session.createContext();
        void context.send(said);
        expect((await hear(context, said)).error).toMatchObject({ code: 'unauthorized' });
        expect(token.mock.calls.length).toBeLessThanOrEqual(count);
      }
      await session.close();
    });
  });

  const failures: Readonly<Record<string, () => string | Promise<string>>> = {
    throws: () => {
      throw new Error('sec-ret');
    },
    rejects: () => Promise.reject(new Error('sec-ret')),
    'gives nothing': () => '',
  };
  test.each(Object.entries(failures))('that %s is an error, and is asked once', async (_name, give) => {
    for (const call of socketCalls) {
      const token = vi.fn(give);
      const { error } = await speakOnce(createClient({ token }), said, call);
      expect(error).toMatchObject({ code: 'unauthorized', unspokenText: said });
      expect((error as Error).message).not.toContain('sec-ret');
      expect(token).toHaveBeenCalledTimes(1);
    }
  });

  test('that fails once a connection was lost is asked once more, not twice', async () => {
    const { url } = await startSocketServer({ open: ({ socket }) => socket.once('message', () => socket.close(1012)) });
    const token = vi.fn(() => {
      if (token.mock.calls.length > 1) throw new Error('no more');
      return { token: 'first', expiresAt: 0 };
    });
    const { error } = await speakOnce(createClient({ baseUrl: url, token }), said);
    expect(error).toMatchObject({ code: 'unauthorized', unspokenText: said });
    expect(token).toHaveBeenCalledTimes(2);
  });

  test('that gives no answer is waited for no longer than a connection', async () => {
    const client = createClient({ token: () => new Promise(() => {}) });
    const session = client.textToSpeech.connect(voiceId, { ...format, timeout: 0.1 });
    void session.send(said);
    void session.end();
    expect((await hear(session, said)).error).toMatchObject({ code: 'timeout', unspokenText: said });
  });
});
