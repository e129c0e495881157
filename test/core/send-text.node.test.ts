import { describe, expect, test } from 'vitest';
import { sendText } from '../../src/core/send-text.ts';
import { multiStreamInput } from '../../src/core/socket-dialect.ts';
import { SpeechError } from '../../src/core/speech-error.ts';
import { rejection } from '../support/rejection.ts';
import { newSpeech, takeAll } from '../support/speech-by-hand.ts';

/** A speech whose messages go as soon as there are some, and what went. */
function talkingSpeech() {
  const sent: object[] = [];
  const speech = newSpeech({ wake: () => queueMicrotask(() => sent.push(...takeAll(speech, multiStreamInput))) });
  return { speech, sent };
}

async function* tokensOf(...tokens: readonly string[]): AsyncGenerator<string> {
  for (const token of tokens) yield token;
}

/** Resolves when everything that can go on has gone on. */
const pass = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const begin = { text: ' ', context_id: 'a' };

describe('sendText', () => {
  test.each([
    ['a string', 'Hello there now'],
    ['an array', ['Hel', 'lo the', 're now']],
    ['an async iterable', tokensOf('Hel', 'lo the', 're now')],
  ])('sends %s, and the flush with its end', async (_, source) => {
    const { speech, sent } = talkingSpeech();
    await sendText(speech, source, { try_trigger_generation: true }, true);
    const texts = sent.map((message) => (message as { text: string }).text);
    expect(sent[0]).toEqual(begin);
    expect(texts.slice(1).join('')).toBe('Hello there now ');
    expect(sent.at(-1)).toEqual({
      text: expect.any(String),
      try_trigger_generation: true,
      flush: true,
      context_id: 'a',
    });
    expect(sent.filter((message) => 'flush' in message)).toHaveLength(1);
  });

  test('asks for no more tokens than are sent', async () => {
    const speech = newSpeech();
    let asked = 0;
    const source = (function* () {
      for (const token of ['one', ' two', ' three', ' four']) {
        asked += 1;
        yield token;
      }
    })();
    const sending = sendText(speech, source);
    await pass();
    expect(asked).toBe(2);
    takeAll(speech);
    await pass();
    expect(asked).toBe(3);
    takeAll(speech);
    await pass();
    takeAll(speech);
    await sending;
    expect(speech.text).toBe('one two three four');
  });

  test('tells nothing of fields that are not given', async () => {
    const { speech, sent } = talkingSpeech();
    await sendText(speech, 'Hello', { voice_settings: undefined });
    await sendText(speech, ' there', { voice_settings: undefined });
    await sendText(speech, []);
    await speech.end();
    expect(sent).toEqual([
      begin,
      { text: 'Hello ', context_id: 'a' },
      { text: 'there ', context_id: 'a' },
      { flush: true, context_id: 'a' },
    ]);
  });

  test.each([[null], [undefined], [7], [{}]])('refuses %j', async (source) => {
    expect(await rejection(sendText(newSpeech(), source as never))).toBeInstanceOf(TypeError);
  });

  test('refuses a token that is no text, and leaves the source', async () => {
    let isLeft = false;
    const source = (async function* () {
      try {
        yield 'one ';
        yield 7 as unknown as string;
      } finally {
        isLeft = true;
      }
    })();
    const { speech } = talkingSpeech();
    expect(await rejection(sendText(speech, source))).toBeInstanceOf(TypeError);
    expect(isLeft).toBe(true);
    expect(speech.text).toBe('one ');
  });

  test('passes on what the source throws; the speech goes on', async () => {
    const { speech, sent } = talkingSpeech();
    const error = new Error('the model is gone');
    const source = (async function* () {
      yield 'one ';
      throw error;
    })();
    expect(await rejection(sendText(speech, source))).toBe(error);
    await sendText(speech, 'two ');
    expect(sent).toHaveLength(3);
  });

  test('leaves a silent source when the speech is over, and says why', async () => {
    for (const [over, code] of [
      [new SpeechError('network', 'Try again.'), 'network'],
      [undefined, 'consumed'],
    ] as const) {
      const { speech } = talkingSpeech();
      const source: AsyncIterable<string> = { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) };
      const sending = sendText(speech, source);
      await Promise.resolve();
      if (over) speech.fail(over);
      else speech.leave();
      expect(await rejection(sending)).toMatchObject({ code });
    }
  });

  test('sends nothing after the end', async () => {
    const { speech } = talkingSpeech();
    await speech.end();
    expect(await rejection(sendText(speech, 'more'))).toBeInstanceOf(TypeError);
    expect(await rejection(sendText(speech, ['more']))).toBeInstanceOf(TypeError);
  });

  test('leaves no unhandled rejection behind', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', listener);
    const speech = newSpeech();
    void sendText(speech, 'one ');
    void sendText(speech, tokensOf('two ', 'three '));
    void speech.end();
    speech.fail(new SpeechError('network', 'Try again.'));
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });
});
