import { afterEach, describe, expect, test, vi } from 'vitest';
import type { LiveSpeech } from '../../src/core/live-speech.ts';
import { multiStreamInput, streamInput, type SocketDialect } from '../../src/core/socket-dialect.ts';
import { SpeechError } from '../../src/core/speech-error.ts';
import { SpeechLine } from '../../src/core/speech-line.ts';
import { bases, final, hearAll, newSpeech, say } from '../support/speech-by-hand.ts';

afterEach(() => void vi.useRealTimers());

const network = new SpeechError('network', 'Try again.');

function newLine(limit = 5, dialect: SocketDialect = multiStreamInput): SpeechLine {
  return new SpeechLine(dialect, limit, () => {});
}

/** Adds a speech with some text, named as given. */
function addSpeech(line: SpeechLine, id: string, text = `Text of ${id}. `): LiveSpeech {
  const speech = newSpeech({ id });
  line.add(speech);
  if (text !== '') void speech.send(text, {}, false);
  return speech;
}

/** Every message that the line has to say now. */
function takeAll(line: SpeechLine, credentials: object = {}): Record<string, unknown>[] {
  const messages: object[] = [];
  for (let next = line.next({ ...credentials }); next.length > 0; next = line.next({})) messages.push(...next);
  return messages as Record<string, unknown>[];
}

/** The names of the contexts that the line speaks of now, each once. */
function named(line: SpeechLine): unknown[] {
  return [...new Set(takeAll(line).map(({ context_id }) => context_id))];
}

/** What was handed out to a speech. */
async function heardBy(speech: LiveSpeech): Promise<string> {
  speech.fail(network);
  return (await hearAll(speech)).text;
}

describe('whose turn it is', () => {
  test('the credentials go with the first message', () => {
    const line = newLine();
    addSpeech(line, 'a');
    addSpeech(line, 'b');
    const messages = takeAll(line, { xi_api_key: 'key' });
    expect(messages.map((message) => 'xi_api_key' in message)).toEqual([true, false, false, false]);
    expect(messages[0]).toEqual({ text: ' ', xi_api_key: 'key', context_id: 'a' });
  });

  test('speeches take turns', () => {
    const line = newLine();
    addSpeech(line, 'a', 'word '.repeat(500));
    addSpeech(line, 'b', 'word '.repeat(500));
    expect(takeAll(line).map(({ context_id }) => context_id)).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']);
  });

  test('the only speech of a connection begins without text, one of several with its first', () => {
    const single = newLine(1, streamInput);
    addSpeech(single, '', '');
    expect(takeAll(single)).toEqual([{ text: ' ' }]);
    const line = newLine();
    const speech = addSpeech(line, 'a', '');
    expect(takeAll(line)).toEqual([]);
    expect(line).toMatchObject({ isEmpty: false, isDue: false, isAwaited: false });
    void speech.send('Hello ', {}, false);
    expect(line.isDue).toBe(true);
    expect(named(line)).toEqual(['a']);
  });

  test('a sixth speech waits until one of five has ended', () => {
    const line = newLine();
    const speeches = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => addSpeech(line, id));
    expect(named(line)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(line.isDue).toBe(true);
    void speeches[2]!.end();
    expect(named(line)).toEqual(['c']);
    line.take(say('Text of ', { contextId: 'c' }), bases);
    expect(takeAll(line)).toEqual([]);
    line.take(say('c. ', { contextId: 'c' }), bases);
    expect(takeAll(line)).toEqual(multiStreamInput.end('c'));
    expect(line.isAwaited).toBe(true);
    line.take(final('c'), bases);
    expect(line.isAwaited).toBe(false);
    expect(named(line)).toEqual(['f']);
  });

  test('a speech that waits in line and is left is never begun', () => {
    const line = newLine(2);
    const [a, , c] = ['a', 'b', 'c', 'd'].map((id) => addSpeech(line, id));
    takeAll(line);
    c!.leave();
    expect(takeAll(line)).toEqual([]);
    void a!.end();
    takeAll(line);
    line.take(say('Text of a. ', { contextId: 'a', isFinal: true }), bases);
    expect(named(line)).toEqual(['d']);
  });

  test('a cancelled speech keeps its place until the service has ended it', () => {
    vi.useFakeTimers();
    const line = newLine(1 + 1);
    const [a] = ['a', 'b', 'c'].map((id) => addSpeech(line, id));
    takeAll(line);
    a!.leave();
    expect(takeAll(line)).toEqual(multiStreamInput.cancel('a'));
    line.take(say('late', { contextId: 'a' }), bases);
    expect(takeAll(line)).toEqual([]);
    line.take(final('a'), bases);
    expect(named(line)).toEqual(['c']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a cancelled speech that the service does not end keeps its place for a second', () => {
    vi.useFakeTimers();
    const line = newLine(2);
    const [a] = ['a', 'b', 'c'].map((id) => addSpeech(line, id));
    takeAll(line);
    a!.leave();
    takeAll(line);
    vi.advanceTimersByTime(999);
    expect(takeAll(line)).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(named(line)).toEqual(['c']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a speech that waits for its last word holds up no other', () => {
    const line = newLine();
    const [a, b] = ['a', 'b'].map((id) => addSpeech(line, id));
    takeAll(line);
    void a!.end();
    void b!.send('More. ', {}, true);
    void b!.end();
    expect(takeAll(line)).toEqual([
      { context_id: 'a', flush: true },
      { context_id: 'b', text: 'More. ', flush: true },
    ]);
    expect(line).toMatchObject({ isDue: false, isAwaited: true });
    line.take(say('Text of b. More. ', { contextId: 'b' }), bases);
    expect(takeAll(line)).toEqual(multiStreamInput.end('b'));
    line.take(say('Text of a. ', { contextId: 'a' }), bases);
    expect(takeAll(line)).toEqual(multiStreamInput.end('a'));
    line.take(final('b'), bases);
    expect(line.isAwaited).toBe(true);
    line.take(final('a'), bases);
    expect(line).toMatchObject({ isEmpty: true, isAwaited: false });
  });

  test('a speech that is left while it waits for its last word is cancelled', () => {
    vi.useFakeTimers();
    const line = newLine();
    const a = addSpeech(line, 'a');
    void a.end();
    takeAll(line);
    a.leave();
    expect(takeAll(line)).toEqual(multiStreamInput.cancel('a'));
    line.take(final('a'), bases);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('silence is bridged for those at work only', () => {
    const line = newLine(2);
    for (const id of ['a', 'b', 'c']) addSpeech(line, id);
    takeAll(line);
    line.tick();
    expect(takeAll(line)).toEqual([]);
    line.tick();
    expect(takeAll(line)).toEqual([
      { text: '', context_id: 'a' },
      { text: '', context_id: 'b' },
    ]);
  });
});

describe('who gets what comes', () => {
  test('is whom a message names, and nobody if it is not known', async () => {
    const line = newLine();
    const [a, b] = ['a', 'b'].map((id) => addSpeech(line, id));
    takeAll(line);
    line.take(say('Text of b. ', { contextId: 'b' }), bases);
    line.take(say('Text of a. ', { contextId: 'a' }), bases);
    line.take(say('Text of z. ', { contextId: 'z' }), bases);
    line.take(final('z'), bases);
    expect(await heardBy(a!)).toBe('Text of a. ');
    expect(await heardBy(b!)).toBe('Text of b. ');
  });

  test('is the only speech at work where a message names none', async () => {
    const line = newLine();
    const a = addSpeech(line, 'a');
    const b = addSpeech(line, 'b', '');
    takeAll(line);
    line.take(say('Text ', { contextId: undefined }), bases);
    void b.send('Text of b. ', {}, false);
    takeAll(line);
    line.take(say('of nobody', { contextId: undefined }), bases);
    expect(await heardBy(a)).toBe('Text ');
    expect(await heardBy(b)).toBe('');
  });

  test('is nobody where a message names none and may be for a cancelled speech', async () => {
    const line = newLine();
    const [a, b] = ['a', 'b'].map((id) => addSpeech(line, id));
    takeAll(line);
    a!.leave();
    line.take(say('Text of a. ', { contextId: undefined }), bases);
    expect(await heardBy(b!)).toBe('');
    line.lost(false);
  });

  test('is the only speech of a connection, whatever a message names', async () => {
    const line = newLine(1, streamInput);
    const speech = addSpeech(line, '');
    takeAll(line);
    line.take(say('Text ', { contextId: 'x' }), bases);
    line.take(say('of . ', { contextId: undefined }), bases);
    expect(await heardBy(speech)).toBe('Text of . ');
  });
});

describe('an error', () => {
  const error = new SpeechError('rate-limited', 'Send fewer requests.');
  const errorFrame = (contextId: string | undefined) => ({ contextId, isFinal: false, chunk: undefined, error });

  test('with a name fails that speech, and no other', async () => {
    const line = newLine();
    const [a, b] = ['a', 'b'].map((id) => addSpeech(line, id));
    takeAll(line);
    line.take(errorFrame('a'), bases);
    expect((await hearAll(a!)).error).toMatchObject({ code: 'rate-limited', unspokenText: 'Text of a. ' });
    expect(b!.queue.isOver).toBe(false);
    expect(line.isEmpty).toBe(false);
    line.lost(false);
  });

  test('with the name of a speech that is gone, or that nobody knows, concerns nobody', () => {
    const line = newLine();
    const [a, b] = ['a', 'b'].map((id) => addSpeech(line, id));
    takeAll(line);
    a!.leave();
    line.take(errorFrame('a'), bases);
    line.take(errorFrame('z'), bases);
    expect(b!.queue.isOver).toBe(false);
    line.lost(false);
  });

  test('without a name concerns all', () => {
    const line = newLine();
    addSpeech(line, 'a');
    takeAll(line);
    expect(() => line.take(errorFrame(undefined), bases)).toThrow(error);
  });

  test('concerns the connection where it has one speech', () => {
    const line = newLine(1, streamInput);
    const speech = addSpeech(line, '');
    takeAll(line);
    expect(() => line.take(errorFrame('x'), bases)).toThrow(error);
    expect(speech.queue.isOver).toBe(false);
  });
});

describe('a connection that is gone', () => {
  test('is complete for its only speech, if the service owed the rest only', async () => {
    const line = newLine(1, streamInput);
    const speech = addSpeech(line, '');
    void speech.end();
    takeAll(line);
    line.take(say('Text of . '), bases);
    line.lost(true);
    expect(speech.isSpoken).toBe(true);
    expect(line.isEmpty).toBe(true);
    expect(await hearAll(speech)).toMatchObject({ text: 'Text of . ', error: undefined });
  });

  test('is not complete for a speech that was not ended, nor for several', () => {
    const single = newLine(1, streamInput);
    const open = addSpeech(single, '');
    takeAll(single);
    single.lost(true);
    expect(open.isSpoken).toBe(false);
    const line = newLine();
    const speech = addSpeech(line, 'a');
    void speech.end();
    takeAll(line);
    line.take(say('Text '), bases);
    line.lost(true);
    expect(speech.isSpoken).toBe(false);
    line.rewind(network);
    expect(takeAll(line)).toMatchObject([{ text: ' ' }, { text: 'of a. ' }, { flush: true }]);
    line.lost(false);
  });

  test('has every speech begin again, with the credentials of the new one', () => {
    const line = newLine();
    for (const id of ['a', 'b']) addSpeech(line, id);
    takeAll(line, { xi_api_key: 'old' });
    line.take(say('Text '), bases);
    expect(line.hasAdvanced).toBe(true);
    line.lost(false);
    line.rewind(network);
    expect(line).toMatchObject({ isDue: true, hasAdvanced: false });
    expect(takeAll(line, { xi_api_key: 'new' })).toEqual([
      { text: ' ', xi_api_key: 'new', context_id: 'a' },
      { text: ' ', context_id: 'b' },
      { text: 'of a. ', context_id: 'a' },
      { text: 'Text of b. ', context_id: 'b' },
    ]);
  });

  test('leaves nothing to say to the next one, and no place taken', () => {
    vi.useFakeTimers();
    const line = newLine(2);
    const untimed = addSpeech(line, 'a');
    const cancelled = addSpeech(line, 'b');
    addSpeech(line, 'c');
    takeAll(line);
    line.take(say('Text ', { contextId: 'a', isTimed: false }), bases);
    cancelled.leave();
    line.lost(false);
    line.rewind(network);
    expect(untimed.queue.isOver).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    expect(takeAll(line, { xi_api_key: 'key' })).toEqual([
      { text: ' ', xi_api_key: 'key', context_id: 'c' },
      { text: 'Text of c. ', context_id: 'c' },
    ]);
    line.lost(false);
    line.fail(network);
    expect(line.isEmpty).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    for (const id of ['d', 'e']) addSpeech(line, id);
    expect(takeAll(line, { xi_api_key: 'key' })).toMatchObject([
      { text: ' ', xi_api_key: 'key', context_id: 'd' },
      { context_id: 'e' },
      { context_id: 'd' },
      { context_id: 'e' },
    ]);
  });

  test('has advanced if a speech has ended on it', () => {
    const line = newLine();
    const [a] = ['a', 'b'].map((id) => addSpeech(line, id));
    void a!.end();
    takeAll(line);
    expect(line.hasAdvanced).toBe(false);
    line.take(say('Text of a. ', { isFinal: true }), bases);
    expect(line.hasAdvanced).toBe(true);
    line.lost(false);
    line.rewind(network);
    expect(line.hasAdvanced).toBe(false);
  });

  test('leaves every speech when that is asked for', async () => {
    const line = newLine();
    const speeches = ['a', 'b'].map((id) => addSpeech(line, id));
    takeAll(line);
    const reason = new Error('enough');
    line.leave(reason);
    expect(line.isEmpty).toBe(true);
    for (const speech of speeches) expect((await hearAll(speech)).error).toBe(reason);
    line.lost(false);
  });
});
