import { describe, expect, inject, test } from 'vitest';
import { createSpeechClient, SpeechError } from '../../src/core/index.ts';
import type { Fetch, SpeechClientOptions } from '../../src/core/client-options.ts';
import { hear, tokensOf, wordsOf } from '../support/heard-speech.ts';

const voiceId = 'kal16UsEnglishMale01';
const text = 'The old mill stands by the river. Nobody has lived there for years.';
const options = { outputFormat: 'pcm_8000', syncAlignment: true } as const;

/** A `fetch` that keeps what was asked for and the sockets that came of it. */
function watch() {
  const requests: Request[] = [];
  const ends: Promise<unknown>[] = [];
  const watched: Fetch = async (url, init) => {
    requests.push(new Request(url, { headers: init.headers ?? {} }));
    const response = await fetch(url, init);
    const { webSocket } = response as Response & { readonly webSocket?: WebSocket | null };
    if (webSocket) ends.push(new Promise((resolve) => webSocket.addEventListener('close', resolve)));
    return response;
  };
  const connect = (own: SpeechClientOptions = {}) =>
    createSpeechClient({ baseUrl: inject('speechServerUrl'), apiKey: 'sec-ret', fetch: watched, ...own });
  return { connect, requests, ends };
}

describe('in workerd', () => {
  test('a text that is being written is spoken over a socket that a header opened', async () => {
    const { connect, requests, ends } = watch();
    const session = connect().textToSpeech.connect(voiceId, options);
    void session.end(tokensOf(text));
    const { words, error } = await hear(session, text);
    expect(error).toBeUndefined();
    expect(words.map((word) => word.text)).toEqual(wordsOf(text));
    expect(words.filter(({ estimated }) => estimated)).toEqual([]);
    await session.close();
    await Promise.all(ends);
    expect(ends).toHaveLength(1);
    expect(requests[0]!.headers.get('xi-api-key')).toBe('sec-ret');
    expect(requests[0]!.headers.get('upgrade')).toBe('websocket');
    expect(requests[0]!.url).not.toContain('sec-ret');
  });

  test('several texts are spoken over one socket, and a reader who leaves cancels', async () => {
    const { connect, ends } = watch();
    await using session = connect().textToSpeech.connectMulti(voiceId, options);
    const heard = await Promise.all(
      ['First: ', 'Second: ', 'Third: '].map((start) => {
        const context = session.createContext();
        void context.close(start + text);
        return hear(context, start + text);
      }),
    );
    for (const { error, words } of heard) {
      expect(error).toBeUndefined();
      expect(words).toHaveLength(wordsOf(text).length + 1);
    }
    const left = session.createContext();
    void left.send(text, { flush: true });
    for await (const chunk of left) if (chunk.audio.length > 0) break;
    await session.close();
    await Promise.all(ends);
    expect(ends).toHaveLength(1);
  });

  test('a session that is left closes its socket', async () => {
    const { connect, ends } = watch();
    const caller = new AbortController();
    const session = connect().textToSpeech.connect(voiceId, { ...options, signal: caller.signal });
    void session.send(text.repeat(5), { flush: true });
    for await (const chunk of session) if (chunk.audio.length > 0) break;
    await Promise.all(ends);
    expect(ends).toHaveLength(1);
    const aborted = connect().textToSpeech.connect(voiceId, { ...options, signal: caller.signal });
    caller.abort('mine');
    expect((await hear(aborted, '')).error).toBe('mine');
  });

  test('a dropped connection goes on', async () => {
    const { connect, requests } = watch();
    const headers = { 'x-fault-socket-drop': '4', 'x-fault-times': '1', 'x-fault-key': 'workerd' };
    const session = connect({ headers, retry: { minDelay: 0 } }).textToSpeech.connect(voiceId, options);
    void session.end(text);
    const { words, error } = await hear(session, text);
    expect(error).toBeUndefined();
    expect(words.map((word) => word.text)).toEqual(wordsOf(text));
    expect(words.filter(({ estimated }) => estimated)).toEqual([]);
    expect(requests).toHaveLength(2);
  });

  test('what the service refuses is an error with its code, and the text', async () => {
    const { connect } = watch();
    const refused = connect({ apiKey: 'invalid' }).textToSpeech.connect(voiceId, options);
    void refused.end(text);
    const { error } = await hear(refused, '');
    expect(SpeechError.is(error)).toBe(true);
    expect(error).toMatchObject({ code: 'unauthorized', status: 401, unspokenText: text });
    const unserved = connect().textToSpeech.connect(voiceId, { ...options, model_id: 'eleven_v3' });
    void unserved.end(text);
    expect((await hear(unserved, '')).error).toMatchObject({ code: 'forbidden', status: 403 });
  });
});
