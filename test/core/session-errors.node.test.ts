import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createSpeechClient, SpeechError, type SpeechClient } from '../../src/core/index.ts';
import type { SpeechClientOptions } from '../../src/core/client-options.ts';
import type { SessionOptions } from '../../src/core/session-options.ts';
import { hear } from '../support/heard-speech.ts';
import { rejection } from '../support/rejection.ts';
import { finalFrame, frameOf, startSocketServer, type ServedConnection } from '../support/socket-server.ts';

const voiceId = 'kal16UsEnglishMale01';
const format = { outputFormat: 'pcm_8000', syncAlignment: true } as const;
const calls = ['connect', 'connectMulti'] as const;
const text = 'Secret one, secret two.';
/** What is left of it when the first two words were spoken. */
const rest = 'secret two.';

// The machine may be busy.
vi.setConfig({ testTimeout: 60_000 });

function createClient(options: SpeechClientOptions = {}): SpeechClient {
  return createSpeechClient({ baseUrl: inject('speechServerUrl'), apiKey: 'k', WebSocket, retry: false, ...options });
}

/** The error of a speech, as its reader gets it. */
async function errorOf(
  client: SpeechClient,
  call: (typeof calls)[number] = 'connect',
  { ends = true, ...options }: SessionOptions & { readonly ends?: boolean } = {},
): Promise<SpeechError> {
  const session = client.textToSpeech[call](voiceId, { ...format, ...options });
  onTestFinished(() => session.close());
  const speech = 'createContext' in session ? session.createContext() : session;
  const reading = hear(speech, text);
  void speech.send(text, { flush: true });
  if (ends) void speech.end();
  const { error } = await reading;
  if (!SpeechError.is(error)) throw new Error('This was expected to fail.', { cause: error });
  expect(await rejection(speech.send('More. '))).toBe(error);
  return error;
}

/** A server that speaks two words and then does something else. */
async function startFailingServer(fail: (connection: ServedConnection, contextId: string | undefined) => void) {
  return startSocketServer({
    message(connection, message) {
      if (message['flush'] !== true) return;
      const id = message['context_id'] as string | undefined;
      connection.send(frameOf('Secret one, ', 100, id));
      fail(connection, id);
    },
  });
}

function expectSecrecy(error: SpeechError): void {
  const shown = [error.message, JSON.stringify(error), inspect(error, { depth: 9 }), String(error.stack)].join('\n');
  expect(shown).not.toMatch(/secret/i);
}

describe('a close of the service is an error with its code, and the text that was not spoken', () => {
  const closes: readonly (readonly [code: number, reason: string, meaning: string])[] = [
    [1000, '', 'network'],
    [1001, '', 'network'],
    [1002, '', 'protocol'],
    [1003, '', 'invalid-request'],
    [1007, '', 'invalid-request'],
    [1008, 'secret', 'invalid-request'],
    [1008, 'input_timeout_exceeded', 'timeout'],
    [1008, 'No secret has come for 20 s, the inactivity_timeout, so it is closed', 'timeout'],
    [1008, 'quota_exceeded', 'quota-exceeded'],
    [1008, 'This request exceeds your quota of 10 secrets', 'quota-exceeded'],
    [1008, 'detected_unusual_activity', 'forbidden'],
    [1008, 'Unusual activity detected. Secret Free Tier usage disabled', 'forbidden'],
    [1008, 'voice_settings can only be provided in the first message', 'invalid-request'],
    [1008, 'Maximum simultaneous contexts exceeded', 'rate-limited'],
    [1008, 'Invalid API key', 'unauthorized'],
    [1009, 'message too big', 'invalid-request'],
    [1011, '', 'server'],
    [1012, '', 'network'],
    [1013, '', 'rate-limited'],
    [3000, '', 'unauthorized'],
    [4401, '', 'unauthorized'],
    [4403, '', 'forbidden'],
    [4504, 'upstream_timeout', 'server'],
    [4404, '', 'not-found'],
    [4429, '', 'rate-limited'],
    [4500, '', 'server'],
  ];
  test.each(closes)('%i %j: %s', async (code, reason, meaning) => {
    const { url } = await startFailingServer(({ socket }) => socket.close(code, reason));
    for (const call of calls) {
      const error = await errorOf(createClient({ baseUrl: url }), call, { ends: false });
      expect(error).toMatchObject({ code: meaning, unspokenText: rest });
      expect(error.message).toContain(String(code));
      expect(error.message).toMatch(/[a-z] [a-z]/);
      expectSecrecy(error);
    }
  });

  test('and so is a connection that is lost', async () => {
    const { url } = await startFailingServer(({ socket }) => setTimeout(() => socket.terminate(), 50));
    for (const call of calls) {
      const error = await errorOf(createClient({ baseUrl: url }), call);
      expect(error).toMatchObject({ code: 'network', unspokenText: rest });
      expectSecrecy(error);
    }
  });

  test('but not one with 1000 after all was asked for, where there is one speech', async () => {
    const { url } = await startSocketServer({
      message: ({ send, socket }, message) => {
        if (message['text'] !== '') return;
        send(frameOf(text));
        socket.close(1000);
      },
    });
    const session = createClient({ baseUrl: url }).textToSpeech.connect('v', format);
    void session.send(text);
    void session.end();
    const { error, words } = await hear(session, text);
    expect(error).toBeUndefined();
    expect(words).toHaveLength(4);
  });
});

describe('an error frame is an error with its code, and the text that was not spoken', () => {
  const frames: readonly (readonly [frame: object, meaning: string])[] = [
    [{ error: 'quota_exceeded' }, 'quota-exceeded'],
    [{ error: 'input_timeout_exceeded' }, 'timeout'],
    [{ error: 'detected_unusual_activity' }, 'forbidden'],
    [{ error: 'invalid_api_key' }, 'unauthorized'],
    [{ error: 'needs_authorization' }, 'unauthorized'],
    [{ error: 'invalid_voice_settings' }, 'invalid-request'],
    [{ error: 'max_character_limit_exceeded' }, 'invalid-request'],
    [{ error: 'max_active_conversations' }, 'rate-limited'],
    [{ error: 'concurrent_limit_exceeded' }, 'rate-limited'],
    [{ error: 'internal_server_error' }, 'server'],
    [{ type: 'error', error: { code: 'voice_not_found' } }, 'not-found'],
    [{ detail: { status: 'quota_exceeded', message: 'secret' } }, 'quota-exceeded'],
  ];
  test.each(frames)('%o: %s', async (frame, meaning) => {
    const { url } = await startFailingServer(({ send, socket }) => {
      send({ message: 'Your secret is out.', code: 1008, ...frame });
      socket.close(1008, 'Your secret is out.');
    });
    for (const call of calls) {
      const error = await errorOf(createClient({ baseUrl: url }), call);
      expect(error).toMatchObject({ code: meaning, unspokenText: rest });
      expectSecrecy(error);
    }
  });

  test('for the context that it names', async () => {
    const { url } = await startFailingServer(({ send }, contextId) =>
      send({ message: 'secret', error: 'quota_exceeded', code: 1008, contextId }),
    );
    const error = await errorOf(createClient({ baseUrl: url }), 'connectMulti', { ends: false });
    expect(error).toMatchObject({ code: 'quota-exceeded', unspokenText: rest });
    expectSecrecy(error);
  });

  test.each(['secret', '[]', '{"audio":5}', '{"audio":"$secret"}'])(
    'and so is what is none of the protocol: %s',
    async (frame) => {
      const { url } = await startFailingServer(({ socket }) => socket.send(frame));
      for (const call of calls) {
        const error = await errorOf(createClient({ baseUrl: url }), call);
        expect(error).toMatchObject({ code: 'protocol', unspokenText: rest });
        expectSecrecy(error);
      }
    },
  );

  test('after which its socket is closed', async () => {
    const served = await startFailingServer(({ send }) => send({ message: 'no', error: 'quota_exceeded', code: 1008 }));
    await errorOf(createClient({ baseUrl: served.url }), 'connect');
    await expect.poll(() => served.openSockets, { timeout: 20_000 }).toBe(0);
  });
});

describe('what was not spoken', () => {
  test('begins with the first word that was not heard whole, and holds what was written since', async () => {
    const { url } = await startSocketServer({
      message({ send, socket }, message) {
        if (message['flush'] !== true) return;
        send(frameOf('One (two) '), frameOf('thr', 60));
        socket.close(1011);
      },
    });
    const session = createClient({ baseUrl: url }).textToSpeech.connect('v', format);
    void session.send('One (two) three. ', { flush: true });
    void session.send('Four, and fi');
    const { error, bytes } = await hear(session, '');
    expect(error).toMatchObject({ code: 'server', unspokenText: 'three. Four, and fi' });
    expect(bytes).toBeGreaterThanOrEqual(1600);
  });

  test('is all of it when nothing was heard', async () => {
    const { url } = await startSocketServer({ refuse: () => 500 });
    expect(await errorOf(createClient({ baseUrl: url }))).toMatchObject({ code: 'server', unspokenText: text });
  });
});

describe('a handshake that is refused is an error with its code', () => {
  test.each([
    [401, 'unauthorized'],
    [402, 'quota-exceeded'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [422, 'invalid-request'],
    [429, 'rate-limited'],
    [500, 'server'],
    [503, 'server'],
  ])('%i: %s', async (status, code) => {
    const { url } = await startSocketServer({ refuse: () => status });
    for (const call of calls) {
      const error = await errorOf(createClient({ baseUrl: url }), call);
      expect(error).toMatchObject({ code, status, unspokenText: text });
      expectSecrecy(error);
    }
  });

  test('as the service refuses a voice, a format and a key', async () => {
    const unknown = createClient().textToSpeech.connect('nobody', format);
    void unknown.end();
    expect((await hear(unknown, '')).error).toMatchObject({ code: 'not-found' });
    expect((await errorOf(createClient(), 'connect', { outputFormat: 'mp3_44100_128' })).code).toBe('invalid-request');
    expect((await errorOf(createClient({ apiKey: 'invalid' }), 'connectMulti')).code).toBe('unauthorized');
  });

  test('and says which model is not served', async () => {
    for (const call of calls) {
      const error = await errorOf(createClient(), call, { model_id: 'eleven_v3' });
      expect(error).toMatchObject({ code: 'forbidden', status: 403 });
      expect(error.message).toContain('eleven_v3');
    }
  });

  test('after it was tried again, if that may help', async () => {
    for (const [status, attempts] of [
      [429, 3],
      [503, 3],
      [403, 1],
    ]) {
      const served = await startSocketServer({ refuse: () => status });
      await errorOf(createClient({ baseUrl: served.url, retry: { minDelay: 0 } }));
      expect(served.handshakes).toBe(attempts);
    }
    const served = await startSocketServer({
      refuse: (index) => (index < 2 ? 503 : undefined),
      message: ({ send }, message) => message['text'] === '' && send(frameOf(text), finalFrame()),
    });
    const client = createClient({ baseUrl: served.url, retry: { minDelay: 0 } });
    const session = client.textToSpeech.connect('v', format);
    void session.send(text);
    void session.end();
    expect((await hear(session, text)).error).toBeUndefined();
    expect(served.handshakes).toBe(3);
  });

  test('and so is a service that is not there, or never answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const baseUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    for (const call of calls) {
      expect((await errorOf(createClient({ baseUrl: 'http://127.0.0.1:1' }), call)).code).toBe('network');
      expect((await errorOf(createClient({ baseUrl }), call, { timeout: 0.1 })).code).toBe('timeout');
      expect((await errorOf(createClient({ baseUrl, timeout: 0.1 }), call)).code).toBe('timeout');
    }
  });

  test.skipIf('WebSocket' in globalThis)('and so is a runtime without sockets', async () => {
    for (const call of calls) {
      const error = await errorOf(createClient({ WebSocket: undefined }), call);
      expect(error).toMatchObject({ code: 'unsupported', unspokenText: text });
      expect(error.message).toContain('ws');
    }
  });
});

describe('a service that falls silent', () => {
  test('while speech is due is an error', async () => {
    for (const call of calls) {
      const served = await startFailingServer(() => {});
      const error = await errorOf(createClient({ baseUrl: served.url, idleTimeout: 0.2 }), call);
      expect(error).toMatchObject({ code: 'timeout', unspokenText: rest });
      if (call === 'connect') await expect.poll(() => served.openSockets, { timeout: 20_000 }).toBe(0);
    }
  });

  test('while its caller is silent is none, nor is the time of that counted', async () => {
    const { url } = await startSocketServer({
      message: ({ send }, message) => {
        const id = message['context_id'] as string | undefined;
        const isEnd = message['text'] === '' || message['close_context'] === true;
        if (message['flush'] === true) send(frameOf(text, 100, id));
        if (isEnd) setTimeout(() => send(finalFrame(id)), 250);
      },
    });
    for (const call of calls) {
      const session = createClient({ baseUrl: url, idleTimeout: 0.5 }).textToSpeech[call]('v', format);
      const speech = 'createContext' in session ? session.createContext() : session;
      await speech.send(text, { flush: true });
      await new Promise((resolve) => setTimeout(resolve, 350));
      void speech.end();
      expect((await hear(speech, text)).error).toBeUndefined();
      await session.close();
    }
  });
});

describe('a service that always hangs up', () => {
  test.each(['input_timeout_exceeded', 'none'])('is asked as often as the policy says: %s', async (reason) => {
    const served = await startSocketServer({
      message: ({ socket }) => socket.close(reason === 'none' ? 1011 : 1008, reason),
    });
    for (const [count, call] of calls.entries()) {
      const error = await errorOf(createClient({ baseUrl: served.url, retry: { attempts: 4, minDelay: 0 } }), call);
      expect(error.unspokenText).toBe(text);
      expect(served.handshakes).toBe(4 * (count + 1));
    }
  });
});
