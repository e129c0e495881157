import { describe, expect, inject, test, vi } from 'vitest';
import { WebSocket as Socket } from 'ws';
import { createSpeechClient, type SpeechClient } from '../../src/core/index.ts';
import type { SpeechClientOptions } from '../../src/core/client-options.ts';
import type { SessionOptions } from '../../src/core/session-options.ts';
import { hear, tokensOf, wordsOf, type HeardSpeech } from '../support/heard-speech.ts';
import { createRecordingSocket, sentText, type RecordedConnection } from '../support/recording-socket.ts';
import { finalFrame, frameOf, startSocketServer, type ServedConnection } from '../support/socket-server.ts';

const voiceId = 'kal16UsEnglishMale01';
const text =
  'The quick brown fox jumps over the lazy dog. It costs $5 today, and 3.14 is not pi; is it? ' +
  'She said “good night” (twice), then left: nobody knows why. The end.';
const bytesPerSecond = 32_000;
const format = { outputFormat: 'pcm_16000' } as const;

// The machine may be busy.
vi.setConfig({ testTimeout: 60_000 });

type Faults = Readonly<Record<string, string | number>>;

let keys = 0;

/** A client whose first `times` connections suffer from `faults`, and what it says. */
function faultyClient(
  faults: Faults,
  { times = 1, ...options }: SpeechClientOptions & { readonly times?: number } = {},
): { readonly client: SpeechClient; readonly connections: readonly RecordedConnection[] } {
  const all = { ...faults, times, key: `resume ${(keys += 1)}` };
  const headers = Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`x-fault-${name.replaceAll('_', '-')}`, String(value)]),
  );
  const { WebSocket, connections } = createRecordingSocket();
  const baseUrl = inject('speechServerUrl');
  const retry = { attempts: 3, minDelay: 0 };
  return { client: createSpeechClient({ baseUrl, apiKey: 'k', WebSocket, headers, retry, ...options }), connections };
}

/** Expects every word once and in order, none of them estimated, on a time that never goes back. */
function expectWhole({ words, bytes, chunks, error }: HeardSpeech, whole: string): void {
  expect(error).toBeUndefined();
  expect(words.map((word) => word.text)).toEqual(wordsOf(whole));
  expect(words.filter(({ estimated }) => estimated)).toEqual([]);
  const characters = chunks.flatMap(({ alignment }) => alignment?.characters ?? []).join('');
  expect(characters.trim()).toBe(whole);
  const starts = chunks.flatMap(({ alignment }) => alignment?.starts ?? []);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  const last = words.at(-1)!.end;
  expect(last).toBeLessThanOrEqual(bytes / bytesPerSecond + 0.002);
  expect(last).toBeGreaterThan(bytes / bytesPerSecond - 0.5);
}

/** Expects that each connection was told the text from the beginning of a word on, and the last one to its end. */
function expectBorders(connections: readonly RecordedConnection[], whole: string, contextId?: string): void {
  for (const connection of connections) {
    const sent = sentText(connection, contextId);
    expect(whole).toContain(sent);
    expect(whole.slice(0, whole.lastIndexOf(sent))).toMatch(/(?:^|\s)$/);
  }
  expect(whole.endsWith(sentText(connections.at(-1)!, contextId))).toBe(true);
}

/** Has all numbers dealt with, four at a time. */
async function inTurns(numbers: readonly number[], deal: (number: number) => Promise<void>): Promise<void> {
  const waiting = numbers.values();
  const turn = async (): Promise<void> => {
    for (const number of waiting) await deal(number);
  };
  await Promise.all([turn(), turn(), turn(), turn()]);
}

function bytesOf({ chunks }: HeardSpeech): Buffer {
  return Buffer.concat(chunks.map(({ audio }) => audio));
}

interface Manner extends SessionOptions {
  /** Has the text written while it is spoken. */
  readonly isWritten?: boolean;
}

async function speak(client: SpeechClient, { isWritten, ...options }: Manner = {}): Promise<HeardSpeech> {
  const session = client.textToSpeech.connect(voiceId, { ...format, ...options });
  const written = session.send(isWritten ? tokensOf(text, 2) : text).then(() => session.end());
  const heard = await hear(session, text);
  await written;
  expect(session.warnings).toEqual([]);
  return heard;
}

function inBothTimings(frame: object): object {
  return { ...frame, normalizedAlignment: (frame as { alignment: unknown }).alignment };
}

/** The text that came over a connection with one speech. */
function textOf({ messages }: ServedConnection): string {
  return messages
    .map(({ text: piece = '' }) => piece as string)
    .join('')
    .trim();
}

describe('a speech that is dropped goes on where it was, nothing repeated and nothing lost', () => {
  const drops = Array.from({ length: 26 }, (_, frames) => frames);
  const manners = [true, false].flatMap((syncAlignment) => [0, 1].map((base) => [syncAlignment, base] as const));

  test.each(manners)('after any number of frames: sync_alignment %s, time base %i', async (syncAlignment, base) => {
    await inTurns(drops, async (socket_drop) => {
      const { client, connections } = faultyClient({ socket_drop, time_base: base });
      expectWhole(await speak(client, { syncAlignment }), text);
      expectBorders(connections, text);
      expect(connections).toHaveLength(2);
    });
  });

  test.each(manners)('in the middle of a word: sync_alignment %s, time base %i', async (syncAlignment, base) => {
    await inTurns([1, 3, 6, 10, 15, 21], async (socket_drop) => {
      const { client, connections } = faultyClient({ socket_drop, time_base: base, split_words: 1 });
      expectWhole(await speak(client, { syncAlignment }), text);
      expectBorders(connections, text);
      expect(connections).toHaveLength(2);
    });
  });

  test('several times in a row', async () => {
    const { client, connections } = faultyClient({ socket_drop: 7 }, { times: 4 });
    expectWhole(await speak(client, { syncAlignment: true }), text);
    expectBorders(connections, text);
    expect(connections.length).toBeGreaterThan(3);
    expect(new Set(connections.map((connection) => sentText(connection))).size).toBe(connections.length);
  });

  test.each([1001, 1006, 1011, 1012])('by a close with %i', async (code) => {
    const close = code === 1006 ? { socket_drop: 5 } : { socket_close: code, socket_close_after: 5 };
    const { client, connections } = faultyClient(close);
    expectWhole(await speak(client), text);
    expectBorders(connections, text);
    expect(connections).toHaveLength(2);
  });

  test('while its text is still being written', async () => {
    const generation_config = { chunk_length_schedule: [50] };
    for (const autoMode of [true, false]) {
      for (const socket_drop of [0, 1, 4, 9]) {
        const { client, connections } = faultyClient({ socket_drop });
        expectWhole(await speak(client, { generation_config, autoMode, isWritten: true }), text);
        expectBorders(connections, text);
        expect(connections).toHaveLength(2);
      }
    }
  });

  test('and its audio is that of both parts', async () => {
    const { client: whole } = faultyClient({});
    const undisturbed = bytesOf(await speak(whole));
    for (const socket_drop of [1, 6, 11]) {
      const { client, connections } = faultyClient({ socket_drop });
      const bytes = bytesOf(await speak(client));
      const rest = sentText(connections[1]!);
      const session = whole.textToSpeech.connect(voiceId, format);
      void session.send(rest);
      void session.end();
      const late = bytesOf(await hear(session, rest));
      const early = bytes.subarray(0, bytes.length - late.length);
      expect(bytes.subarray(early.length).equals(late)).toBe(true);
      expect(early.length).toBeGreaterThan(0);
      expect(undisturbed.subarray(0, early.length).equals(early)).toBe(true);
    }
  });

  test('each of five contexts for itself', async () => {
    const texts = ['One. ', 'Two birds. ', 'Three. ', 'Four. ', 'Five. '].map(
      (start) => start + text.slice(0, 91).trim(),
    );
    for (const socket_drop of [0, 8, 21, 48]) {
      const { client, connections } = faultyClient({ socket_drop });
      const session = client.textToSpeech.connectMulti(voiceId, { ...format, syncAlignment: true });
      const contexts = texts.map((own) => {
        const context = session.createContext();
        void context.send(own);
        void context.close();
        return { context, own };
      });
      const heard = await Promise.all(contexts.map(({ context, own }) => hear(context, own)));
      for (const [index, { context, own }] of contexts.entries()) {
        expectWhole(heard[index]!, own);
        expectBorders(connections, own, context.id);
        expect(context.warnings).toEqual([]);
      }
      await session.close();
      expect(connections).toHaveLength(2);
    }
  });
});

test.each(['connect', 'connectMulti'] as const)(
  'white space that was lost is told of in either timing: %s',
  async (call) => {
    const said = 'The quick brown fox, it is said, jumps.';
    // The space between two words comes with the second one.
    const parts = said.split(/(?=\s)/);
    for (let heard = 0; heard <= parts.length; heard += 1) {
      const { url } = await startSocketServer({
        message: (connection, message, index) => {
          const { send, socket } = connection;
          const id = message['context_id'] as string | undefined;
          const speakAll = (spoken: readonly string[]): void => {
            for (const part of spoken) send(inBothTimings(frameOf(part, 100 * part.length, id)));
          };
          if (message['flush'] === true || message['text'] === '') {
            speakAll(index === 0 ? parts.slice(0, heard) : textOf(connection).split(/(?=\s)/));
            if (index === 0) setTimeout(() => socket.terminate(), 20);
          }
          if (index > 0 && (message['close_context'] === true || message['text'] === '')) send(finalFrame(id));
        },
      });
      const client = createSpeechClient({ baseUrl: url, apiKey: 'k', WebSocket: Socket, retry: { minDelay: 0 } });
      const session = client.textToSpeech[call]('v', { outputFormat: 'pcm_8000' });
      const speech = 'createContext' in session ? session.createContext() : session;
      void speech.end(said);
      const { chunks, error } = await hear(speech, said);
      expect(error).toBeUndefined();
      for (const field of ['alignment', 'normalizedAlignment'] as const) {
        const characters = chunks.flatMap((chunk) => chunk[field]?.characters ?? []).join('');
        expect(characters.trim(), `${heard} words`).toBe(said);
      }
      await session.close();
    }
  },
);

describe('a speech that does not go on', () => {
  test('since it was told not to fails with the text that was not spoken whole', async () => {
    const { client, connections } = faultyClient({ socket_drop: 6 });
    const { error, words, bytes } = await speak(client, { resume: false });
    expect(error).toMatchObject({ name: 'SpeechError', code: 'network' });
    const { unspokenText = '' } = error as { unspokenText?: string };
    expect(text.endsWith(unspokenText)).toBe(true);
    const heard = words.filter(({ end }) => end <= bytes / bytesPerSecond + 0.002).map((word) => word.text);
    expect(heard.length).toBeGreaterThan(0);
    expect(wordsOf(text.slice(0, text.length - unspokenText.length))).toEqual(heard);
    expect(connections).toHaveLength(1);
  });

  test('since no connection brings it farther was tried as often as the policy says', async () => {
    for (const call of ['connect', 'connectMulti'] as const) {
      const { client, connections } = faultyClient({ socket_drop: 0 }, { times: 100 });
      const session = client.textToSpeech[call](voiceId, format);
      const speech = 'createContext' in session ? session.createContext() : session;
      const sent = speech.send(text, { flush: true });
      const { error, bytes } = await hear(speech, text);
      expect(error).toMatchObject({ code: 'network', unspokenText: text });
      expect(bytes).toBe(0);
      expect(connections).toHaveLength(3);
      await sent.catch(() => undefined);
      await session.close();
    }
  });
});
