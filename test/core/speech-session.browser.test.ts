import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { createSpeechClient, type SpeechClient } from '../../src/core/index.ts';
import type { SpeechClientOptions } from '../../src/core/client-options.ts';
import type { WebSocketClass } from '../../src/core/web-socket-like.ts';
import { hear, tokensOf, wordsOf, type HeardSpeech } from '../support/heard-speech.ts';

const voiceId = 'kal16UsEnglishMale01';
const text = 'The old mill stands by the river. Nobody has lived there for years.';
const options = { outputFormat: 'pcm_8000', syncAlignment: true } as const;
const baseUrl = inject('speechServerUrl');
const server = createSpeechClient({ baseUrl, apiKey: 'k', allowApiKeyInBrowser: true });

/** The page's own class, which keeps its sockets and adds a query to their address. */
function watch(query = ''): { readonly WebSocket: WebSocketClass; readonly sockets: readonly WebSocket[] } {
  const sockets: WebSocket[] = [];
  class Watched extends WebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url + query, protocols);
      sockets.push(this);
    }
  }
  return { WebSocket: Watched, sockets };
}

async function singleUseToken(): Promise<string> {
  return (await server.tokens.createSingleUse('tts_websocket')).token;
}

function createClient(own: SpeechClientOptions): SpeechClient {
  return createSpeechClient({ baseUrl, retry: { minDelay: 0 }, ...own });
}

async function speak(client: SpeechClient): Promise<HeardSpeech> {
  const session = client.textToSpeech.connect(voiceId, options);
  onTestFinished(() => session.close());
  void session.end(tokensOf(text));
  return hear(session, text);
}

function expectWhole({ error, words }: HeardSpeech, said: string): void {
  expect(error).toBeUndefined();
  expect(words.map((word) => word.text)).toEqual(wordsOf(said));
  expect(words.filter(({ estimated }) => estimated)).toEqual([]);
}

const isClosed = ({ readyState }: WebSocket): boolean => readyState === WebSocket.CLOSED;

describe('in a page', () => {
  test('a text that is being written is spoken with a single-use token', async () => {
    const { WebSocket: watched, sockets } = watch();
    expectWhole(await speak(createClient({ WebSocket: watched, singleUseToken })), text);
    await expect.poll(() => sockets.map(isClosed)).toEqual([true]);
  });

  test('several texts are spoken over one socket', async () => {
    const { WebSocket: watched, sockets } = watch();
    const session = createClient({ WebSocket: watched, singleUseToken }).textToSpeech.connectMulti(voiceId, options);
    const texts = ['First: ', 'Second: ', 'Third: '].map((start) => start + text);
    const heard = await Promise.all(
      texts.map((said) => {
        const context = session.createContext();
        void context.close(said);
        return hear(context, said);
      }),
    );
    for (const [index, said] of texts.entries()) expectWhole(heard[index]!, said);
    await session.close();
    expect(sockets.map(isClosed)).toEqual([true]);
  });

  const proofs: readonly SpeechClientOptions[] = [
    { token: 'page' },
    { token: 'page', tokenInQuery: true },
    { apiKey: 'page', allowApiKeyInBrowser: true },
  ];
  test.each(proofs)('%o proves who asks, without a header', async (own) => {
    const { WebSocket: watched, sockets } = watch();
    expectWhole(await speak(createClient({ WebSocket: watched, ...own })), text);
    expect(sockets[0]!.url.includes('page')).toBe(own.tokenInQuery === true);
  });

  test('a dropped connection goes on, with another token', async () => {
    const { WebSocket: watched, sockets } = watch('&fault_socket_drop=4&fault_times=1&fault_key=page');
    expectWhole(await speak(createClient({ WebSocket: watched, singleUseToken })), text);
    const tokens = sockets.map(({ url }) => new URL(url).searchParams.get('single_use_token'));
    expect(new Set(tokens).size).toBe(2);
    await expect.poll(() => sockets.map(isClosed)).toEqual([true, true]);
  });

  test('a token that was used is refused, and the error says what to check', async () => {
    const used = await singleUseToken();
    expectWhole(await speak(createClient({ singleUseToken: used })), text);
    const { error } = await speak(createClient({ singleUseToken: used, retry: false }));
    expect(error).toMatchObject({ code: 'network' });
    expect((error as Error).message).toContain('credentials');
    expect((error as Error).message).not.toContain(used);
  });

  test('a session that is left closes its socket', async () => {
    const { WebSocket: watched, sockets } = watch();
    const session = createClient({ WebSocket: watched, singleUseToken }).textToSpeech.connect(voiceId, options);
    void session.send(text, { flush: true });
    for await (const chunk of session) if (chunk.audio.length > 0) break;
    await expect.poll(() => sockets.map(isClosed)).toEqual([true]);
  });
});
