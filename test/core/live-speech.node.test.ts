import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LiveSpeech } from '../../src/core/live-speech.ts';
import type { StreamOutputFormat } from '../../src/core/output-format.ts';
import type { SocketFrame } from '../../src/core/parse-socket-frame.ts';
import { segmentWords } from '../../src/core/segment-words.ts';
import { multiStreamInput, streamInput } from '../../src/core/socket-dialect.ts';
import type { SpeechChunk } from '../../src/core/speech-chunk.ts';
import { SpeechError } from '../../src/core/speech-error.ts';
import { rejection } from '../support/rejection.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { bases, final, hearAll, newSpeech, say, takeAll } from '../support/speech-by-hand.ts';

const begin = { text: ' ', context_id: 'a' };
const flush = { context_id: 'a', flush: true };
const close = { context_id: 'a', close_context: true };
const lost = new SpeechError('network', 'The connection was lost: try again.', { cause: new Error('reset') });

/** Whether `work` has settled when everything that can go on has gone on. */
async function isSettled(work: Promise<unknown>): Promise<boolean> {
  const settled = work.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

function wordsOf(text: string): string[] {
  return segmentWords(text, { locale: 'zh' }).map((word) => word.text);
}

/** A message of the service with both timings, of whose audio a share has come. */
function sayTwice(said: string, format: StreamOutputFormat, share = 1): SocketFrame {
  const bytesPerSecond = format === 'pcm_16000' ? 32_000 : 16_000;
  const frame = say(said, { audio: (said.length / 10) * share, bytesPerSecond });
  return { ...frame, chunk: { ...frame.chunk!, normalizedAlignment: frame.chunk!.alignment } };
}

/** What either timing of a speech adds up to, that is over without an error. */
async function timingsOf({ queue }: LiveSpeech): Promise<string[]> {
  const chunks: SpeechChunk[] = [];
  const reader = queue.read(() => {});
  for (let next = await reader.next(); !next.done; next = await reader.next()) chunks.push(next.value);
  return (['alignment', 'normalizedAlignment'] as const).map((field) =>
    chunks.flatMap((chunk) => chunk[field]?.characters ?? []).join(''),
  );
}

function withoutMarks(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('what a speech has to say', () => {
  test('begins with its voice and the credentials, which are told once', () => {
    const speech = newSpeech({ voice: { voice_settings: { speed: 1.1 } } });
    expect(speech.take(multiStreamInput, { xi_api_key: 'key' })).toEqual([
      { text: ' ', voice_settings: { speed: 1.1 }, xi_api_key: 'key', context_id: 'a' },
    ]);
    void speech.send('Hello there. ', {}, false);
    expect(speech.take(multiStreamInput, { xi_api_key: 'key' })).toEqual([{ text: 'Hello there. ', context_id: 'a' }]);
    expect(speech.take(multiStreamInput, { xi_api_key: 'key' })).toEqual([]);
  });

  test('is its text as far as it is whole, then all of it, then the flush, and the end once it is spoken', () => {
    const speech = newSpeech();
    void speech.send('Hello the', {}, false);
    expect(takeAll(speech)).toEqual([begin, { text: 'Hello ', context_id: 'a' }]);
    void speech.send('re', {}, false);
    expect(takeAll(speech)).toEqual([]);
    void speech.end();
    expect(takeAll(speech)).toEqual([{ text: 'there ', context_id: 'a' }, flush]);
    speech.receive(say('Hello '), bases);
    expect(takeAll(speech)).toEqual([]);
    speech.receive(say('there '), bases);
    expect(takeAll(speech)).toEqual([close]);
    expect(takeAll(speech)).toEqual([]);
  });

  test('holds the fields that were told with a text', () => {
    const speech = newSpeech();
    void speech.send('Hello the', { voice_settings: { speed: 1 } }, false);
    void speech.send('', {}, true);
    expect(takeAll(speech, streamInput)).toEqual([
      { text: ' ' },
      { text: 'Hello ', voice_settings: { speed: 1 } },
      { text: 'the ', flush: true },
    ]);
  });

  test('waits while a reader who has begun leaves more than a mebibyte', async () => {
    const speech = newSpeech();
    void speech.send('Hello ', {}, false);
    takeAll(speech);
    speech.receive(say('Hello ', { audio: 40, isTimed: false }), bases);
    void speech.send('there ', {}, false);
    expect(speech.isDue).toBe(true);
    const reader = speech.queue.read(() => {});
    expect(speech.isDue).toBe(false);
    expect(takeAll(speech)).toEqual([]);
    await reader.next();
    expect(takeAll(speech)).toEqual([{ text: 'there ', context_id: 'a' }]);
  });
});

describe('the keep-alive', () => {
  test('is said between two ticks without a message', () => {
    const speech = newSpeech();
    speech.tick();
    speech.tick();
    expect(takeAll(speech)).toEqual([begin]);
    speech.tick();
    expect(takeAll(speech)).toEqual([]);
    speech.tick();
    expect(takeAll(speech)).toEqual([{ text: '', context_id: 'a' }]);
    speech.tick();
    expect(takeAll(speech)).toEqual([]);
    void speech.send('Hello ', {}, false);
    takeAll(speech);
    speech.tick();
    expect(takeAll(speech)).toEqual([]);
    speech.tick();
    expect(takeAll(speech, streamInput)).toEqual([{ text: ' ' }]);
  });

  test('is said while the last word is waited for', () => {
    const speech = newSpeech();
    void speech.send('Hello', {}, false);
    void speech.end();
    takeAll(speech);
    for (let count = 0; count < 3; count += 1) {
      speech.tick();
      speech.tick();
      expect(takeAll(speech)).toEqual([{ text: '', context_id: 'a' }]);
    }
    speech.leave();
  });

  test.each([
    ['multi-stream-input', multiStreamInput],
    ['stream-input', streamInput],
  ])('is not said after the end of %s, which it would follow', (_, dialect) => {
    const speech = newSpeech();
    void speech.send('Hello', {}, false);
    void speech.end();
    takeAll(speech, dialect);
    speech.receive(say('Hello'), bases);
    takeAll(speech, dialect);
    speech.tick();
    speech.tick();
    expect(takeAll(speech, dialect)).toEqual([]);
  });

  test('is said while the end waits for the reader', () => {
    const speech = newSpeech();
    void speech.send('Hello ', {}, false);
    takeAll(speech);
    speech.queue.read(() => {});
    speech.receive(say('Hello ', { audio: 40, isTimed: false }), bases);
    void speech.send('there', {}, false);
    void speech.end();
    speech.tick();
    speech.tick();
    expect(takeAll(speech)).toEqual([{ text: '', context_id: 'a' }]);
  });
});

describe('what is waited for', () => {
  test('is done when the text was sent as far as it is whole', async () => {
    const speech = newSpeech();
    const half = speech.send('Hel', {}, false);
    expect(await isSettled(half)).toBe(true);
    const whole = speech.send('lo the', {}, false);
    expect(await isSettled(whole)).toBe(false);
    takeAll(speech);
    expect(await isSettled(whole)).toBe(true);
    const ended = speech.end();
    expect(await isSettled(ended)).toBe(false);
    takeAll(speech);
    await ended;
    await speech.end();
  });

  test('that asks for the end once more does not wait for the speech', async () => {
    const speech = newSpeech();
    void speech.send('Hello', {}, false);
    void speech.end();
    takeAll(speech);
    const again = speech.end();
    expect(await isSettled(again)).toBe(true);
    speech.receive(say('Hello'), bases);
    speech.receive(final(), bases);
    await Promise.all([again, speech.end()]);
  });

  test('fails with the speech', async () => {
    const speech = newSpeech();
    const sent = speech.send('Hello ', {}, false);
    const ended = speech.end();
    speech.fail(lost);
    expect(await rejection(sent)).toMatchObject({ code: 'network' });
    expect(await rejection(ended)).toMatchObject({ code: 'network' });
    expect(await rejection((async () => speech.send('more', {}, false))())).toMatchObject({ code: 'network' });
    await speech.end();
  });

  test('fails with the reason for which the speech is left', async () => {
    const speech = newSpeech();
    const sent = speech.send('Hello ', {}, false);
    const reason = new Error('enough');
    speech.leave(reason);
    expect(await rejection(sent)).toBe(reason);
    expect(await rejection((async () => speech.send('more', {}, false))())).toBe(reason);
    const other = newSpeech();
    const waiting = other.send('Hello ', {}, false);
    other.leave();
    expect(await rejection(waiting)).toMatchObject({ code: 'consumed' });
  });

  test('is done when nothing is left to say over a new connection', async () => {
    const speech = newSpeech();
    void speech.send('Hello ', {}, false);
    takeAll(speech);
    speech.receive(say('Hello '), bases);
    const ended = speech.end();
    expect(speech.rewind()).toBe(true);
    await ended;
    expect(speech.isSpoken).toBe(true);
    expect(await hearAll(speech)).toMatchObject({ text: 'Hello ', error: undefined });
  });

  test('takes no text after the end', async () => {
    const speech = newSpeech();
    void speech.end();
    expect(() => speech.send('more', {}, false)).toThrow(TypeError);
    takeAll(speech);
    speech.receive(final(), bases);
    expect(() => speech.send('more', {}, false)).toThrow(TypeError);
    expect(speech.text).toBe('');
    expect(await hearAll(speech)).toMatchObject({ error: undefined });
  });
});

describe('what comes', () => {
  test('is handed out to the end of the last whole word', async () => {
    const speech = newSpeech();
    void speech.send('Hello brave new world.', {}, true);
    void speech.end();
    takeAll(speech);
    speech.receive(say('Hello brave n'), bases);
    expect(speech.unspokenText).toBe('new world.');
    speech.receive(say('ew'), bases);
    expect(speech.unspokenText).toBe('world.');
    speech.receive(say(' world.'), bases);
    expect(speech.unspokenText).toBe('');
    speech.receive(final(), bases);
    expect(await hearAll(speech)).toMatchObject({ seconds: 2.2, text: 'Hello brave new world.', error: undefined });
  });

  test('is handed out at once where it is not needed to resume', async () => {
    const speech = newSpeech({ canResume: false });
    void speech.send('Hello brave', {}, true);
    takeAll(speech);
    const reader = speech.queue.read(() => {});
    speech.receive(say('Hello br'), bases);
    expect((await reader.next()).value?.audio.length).toBe(25_600);
  });

  test('ends with the final message, but not before the end was said', async () => {
    const speech = newSpeech();
    void speech.send('Hello ', {}, true);
    takeAll(speech);
    speech.receive(say('Hello ', { isFinal: true }), bases);
    expect(speech.queue.isOver).toBe(false);
    expect(speech.isAwaited).toBe(false);
    void speech.end();
    takeAll(speech);
    expect(speech.isAwaited).toBe(true);
    speech.receive(final(), bases);
    expect(speech).toMatchObject({ isAwaited: false, isSpoken: true });
    speech.receive(say('late'), bases);
    expect(await hearAll(speech)).toMatchObject({ text: 'Hello ' });
  });

  test('is an error if it is silence, unless there is nothing to say', async () => {
    for (const [text, code] of [
      ['Hello', 'protocol'],
      ['…', undefined],
    ] as const) {
      const speech = newSpeech();
      void speech.send(text, {}, false);
      void speech.end();
      takeAll(speech);
      speech.receive(final(), bases);
      expect(((await hearAll(speech)).error as SpeechError | undefined)?.code).toBe(code);
    }
  });

  test('is placed by the timing as it was spoken where the other one is empty', () => {
    const speech = newSpeech();
    void speech.send('Hello brave new', {}, true);
    takeAll(speech);
    const { chunk } = say('Hello brave n');
    const empty = { characters: [], starts: [], ends: [] };
    const normalized = { ...chunk!, alignment: empty, normalizedAlignment: chunk!.alignment };
    speech.receive({ ...final(), isFinal: false, chunk: normalized }, bases);
    expect(speech.unspokenText).toBe('new');
  });

  test('goes on where a sample is cut in two', async () => {
    const speech = newSpeech();
    void speech.send('Hello', {}, true);
    void speech.end();
    takeAll(speech);
    for (const length of [3, 3, 1, 1]) {
      const chunk = { audio: new Uint8Array(length), alignment: undefined, normalizedAlignment: undefined };
      speech.receive({ ...final(), isFinal: false, chunk }, bases);
    }
    speech.receive(final(), bases);
    expect((await hearAll(speech)).seconds).toBe(8 / 32_000);
  });
});

describe('a speech that fails', () => {
  test('tells its reader after what came, with the text that was not spoken whole', async () => {
    const speech = newSpeech();
    void speech.send('Hello brave new world', {}, false);
    takeAll(speech);
    speech.receive(say('Hello brave n'), bases);
    speech.fail(lost);
    speech.fail(new Error('too late'));
    const { seconds, error } = await hearAll(speech);
    expect(seconds).toBe(1.3);
    expect(error).toMatchObject({
      code: 'network',
      message: lost.message,
      cause: lost.cause,
      unspokenText: 'new world',
    });
    expect(speech.over.reason).toBe(error);
    expect(speech.isDue).toBe(false);
  });

  test('passes on what is no error of ours', async () => {
    const speech = newSpeech();
    const reason = new Error('a bug');
    speech.fail(reason);
    expect((await hearAll(speech)).error).toBe(reason);
  });

  test('that is left drops what came', async () => {
    const speech = newSpeech();
    void speech.send('Hello ', {}, false);
    takeAll(speech);
    speech.receive(say('Hello '), bases);
    speech.leave();
    expect(await hearAll(speech)).toMatchObject({ seconds: 0, error: undefined });
  });
});

describe('a speech whose last word is waited for leaves no timer behind', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const endings: Readonly<Record<string, (speech: LiveSpeech) => void>> = {
    'when its last word has begun': (speech) => speech.receive(say('brave new world'), bases),
    'when it is spoken': (speech) => speech.receive(final(), bases),
    'when it is left': (speech) => speech.leave(),
    'when it fails': (speech) => speech.fail(lost),
    'when it is to be said again': (speech) => expect(speech.rewind()).toBe(true),
    'when all was said as the connection is lost': (speech) => {
      speech.receive(say('brave new w'), bases);
      speech.rewind();
      takeAll(speech);
      expect(vi.getTimerCount()).toBe(1);
      speech.receive(say('world'), bases);
      expect(speech.rewind()).toBe(true);
      expect(speech.isSpoken).toBe(true);
    },
    'when the service is silent': () => vi.advanceTimersByTime(10_000),
  };
  test.each(Object.entries(endings))('%s', (_, end) => {
    const wake = vi.fn<() => void>();
    const speech = newSpeech({ wake });
    void speech.send('Hello brave new world', {}, false);
    void speech.end();
    takeAll(speech);
    speech.receive(say('Hello '), bases);
    expect(vi.getTimerCount()).toBe(1);
    expect(speech.isDue).toBe(false);
    end(speech);
    expect(vi.getTimerCount()).toBe(0);
    wake.mockClear();
    vi.advanceTimersByTime(60_000);
    expect(wake).not.toHaveBeenCalled();
  });
});

describe('a speech over a new connection', () => {
  const text = 'Hello brave new world. ';

  /** A speech whose connection is lost after `heard`. */
  function interrupted(heard: readonly string[]) {
    const speech = newSpeech();
    void speech.send(text, {}, false);
    takeAll(speech);
    for (const said of heard) speech.receive(say(said), bases);
    return speech;
  }

  test.each<[string, readonly string[], string]>([
    ['nothing was heard', [], text],
    ['half a word was heard', ['He'], text],
    ['some of it was heard', ['Hello brave n'], 'new world. '],
    ['the last word is whole, but not what follows it', ['Hello brave'], 'new world. '],
    ['a word was split', ['Hello bra', 've n', 'ew'], 'world. '],
  ])('says again what was not handed out, if %s', async (_, heard, rest) => {
    const speech = interrupted(heard);
    const advanced = rest !== text;
    expect(speech.hasAdvanced).toBe(advanced);
    expect(speech.rewind()).toBe(true);
    expect(speech).toMatchObject({ isBegun: false, isDue: true, hasAdvanced: false, unspokenText: rest, text });
    void speech.end();
    expect(takeAll(speech)).toEqual([begin, { text: rest, context_id: 'a' }, flush]);
    speech.receive(say(rest), bases);
    expect(takeAll(speech)).toEqual([close]);
    speech.receive(final(), bases);
    const all = await hearAll(speech);
    expect(all).toMatchObject({ error: undefined, text });
    expect(all.starts).toEqual([...all.starts].toSorted((one, other) => one - other));
    expect(Math.abs(all.seconds - text.length / 10)).toBeLessThan(0.11);
  });

  test('goes on by itself when all of it was handed out', () => {
    const speech = interrupted([text]);
    expect(speech.rewind()).toBe(true);
    expect(speech).toMatchObject({ isDue: false, isSpoken: false, unspokenText: '' });
    void speech.send('More. ', {}, false);
    expect(takeAll(speech)).toEqual([begin, { text: 'More. ', context_id: 'a' }]);
  });

  test('says what was never sent, whatever the service claims to have said', () => {
    const speech = newSpeech();
    void speech.send('Hello brave', {}, false);
    takeAll(speech);
    speech.receive(say('Hello brave'), bases);
    expect(speech.rewind()).toBe(true);
    void speech.end();
    expect(takeAll(speech)).toEqual([begin, { text: 'brave ', context_id: 'a' }, flush]);
    speech.leave();
  });

  test('begins with a whole sample', async () => {
    const speech = newSpeech();
    void speech.send('Hello brave', {}, true);
    void speech.end();
    takeAll(speech);
    const { chunk } = say('Hello ');
    const cut = { ...chunk!, audio: chunk!.audio.slice(0, -1) };
    speech.receive({ ...final(), isFinal: false, chunk: cut }, bases);
    expect(speech.rewind()).toBe(true);
    takeAll(speech);
    const audio = new Uint8Array(2000).map((_, index) => index % 2);
    speech.receive({ ...final(), chunk: { ...say('brave').chunk!, audio } }, bases);
    const reader = speech.queue.read(() => {});
    const values: number[] = [];
    for (let next = await reader.next(); !next.done; next = await reader.next()) values.push(...next.value.audio);
    expect(values.slice(-2000)).toEqual([...audio]);
  });

  test('is lost a second time', () => {
    const speech = interrupted(['Hello brave n']);
    speech.rewind();
    takeAll(speech);
    speech.receive(say('new w'), bases);
    expect(speech.hasAdvanced).toBe(true);
    expect(speech.rewind()).toBe(true);
    expect(speech.unspokenText).toBe('world. ');
  });

  test('says its flush and its end again', () => {
    const speech = newSpeech();
    void speech.send('Hello brave', {}, true);
    void speech.send(' new', {}, false);
    void speech.end();
    const said = takeAll(speech);
    speech.rewind();
    expect(takeAll(speech)).toEqual(said);
  });

  test('goes on after the silence before its first word', () => {
    const speech = newSpeech();
    void speech.send('“Hello there” ', {}, false);
    takeAll(speech);
    speech.receive(say('“Hel'), bases);
    expect(speech.rewind()).toBe(true);
    expect(speech.unspokenText).toBe('“Hello there” ');
  });

  test('does not go on where it was heard without timing', () => {
    const speech = newSpeech();
    void speech.send(text, {}, false);
    takeAll(speech);
    speech.receive(say('Hello', { isTimed: false }), bases);
    expect(speech.rewind()).toBe(false);
  });

  test('does not go on where that is switched off, unless it has not begun', () => {
    const speech = newSpeech({ canResume: false });
    void speech.send(text, {}, false);
    expect(speech.rewind()).toBe(true);
    takeAll(speech);
    expect(speech.rewind()).toBe(false);
  });

  test('is neither lost nor repeated by a word, however it is written, spoken and lost', async () => {
    const vocabulary = [
      'one',
      "don't",
      '“quoted”',
      '3.14',
      '$5',
      'word—next',
      '(so)',
      '今天天气很好。',
      'ring',
      'ring',
      '—',
      'end.',
    ];
    for (let seed = 1; seed <= 150; seed += 1) {
      const { between } = seededRandom(seed);
      const whole = Array.from({ length: between(1, 25) }, () => vocabulary[between(0, vocabulary.length - 1)]).join(
        ' ',
      );
      const speech = newSpeech({ locale: 'zh', cut: seed % 2 ? 'word' : 'phrase' });
      let written = 0;
      let received = '';
      let owed = 0;
      while (!speech.isSpoken) {
        const action = between(0, 9);
        if (action < 3 && written < whole.length) {
          const token = whole.slice(written, written + between(1, 9));
          written += token.length;
          void speech.send(token, {}, false);
          if (written >= whole.length) void speech.end();
        } else if (action < 5) {
          for (const message of speech.take(multiStreamInput, {}) as { text?: string }[])
            received += message.text ?? '';
        } else if (action < 9) {
          const said = received.slice(0, between(0, 12));
          received = received.slice(said.length);
          // Timing may come ahead of its audio.
          const late = said === '' || between(0, 1) === 0 ? 0 : (said.length * between(0, 10)) / 100;
          if (owed > 0) speech.receive(say('', { audio: owed, isTimed: false }), bases);
          owed = late;
          if (said !== '') speech.receive(say(said, { audio: said.length / 10 - late }), bases);
          else if (received === '') speech.receive(final(), bases);
        } else if (between(0, 2) === 0) {
          expect(speech.rewind()).toBe(true);
          received = '';
          owed = 0;
        }
      }
      const heard = await hearAll(speech);
      expect(heard.error).toBeUndefined();
      expect(wordsOf(heard.text), `seed ${seed}`).toEqual(wordsOf(whole));
      expect(heard.starts).toEqual([...heard.starts].toSorted((one, other) => one - other));
    }
  });

  test('goes on with the word that was cut where audio is compressed, and keeps timing until its audio comes', async () => {
    const speech = newSpeech({ format: 'mp3_44100_128' });
    void speech.send(text, {}, false);
    void speech.end();
    takeAll(speech);
    // The timing of all, the audio of the first word and a half.
    speech.receive(say(text, { audio: 0.8, bytesPerSecond: 16_000 }), bases);
    expect(speech.rewind()).toBe(true);
    expect(speech.unspokenText).toBe('brave new world. ');
    takeAll(speech);
    speech.receive(say('brave new world. ', { bytesPerSecond: 16_000 }), bases);
    speech.receive(final(), bases);
    expect((await hearAll(speech)).text).toBe('Hello brave new world. ');
  });

  test.each([
    ['Hello brave new world', 'pcm_16000'],
    ['Hello brave, new world. (So) it “goes on — and on”, 3.14 times.', 'pcm_16000'],
    ['Hello brave, new world. (So) it “goes on — and on”, 3.14 times.', 'mp3_44100_128'],
  ] as const)('tells of white space that was lost, in either timing: %s, %s', async (whole, format) => {
    const isCompressed = format === 'mp3_44100_128';
    for (const share of [1, 0.8, 0.3]) {
      for (let drop = 1; drop < whole.length; drop += 1) {
        const speech = newSpeech({ format });
        void speech.send(whole, {}, true);
        void speech.end();
        takeAll(speech);
        speech.receive(sayTwice(whole.slice(0, drop), format, share), bases);
        expect(speech.rewind()).toBe(true);
        takeAll(speech);
        // The next connection is lost before it says anything.
        expect(speech.rewind()).toBe(true);
        for (const { text: piece = '' } of takeAll(speech).slice(1) as { text?: string }[]) {
          for (const word of piece.split(/(?=\s)/)) speech.receive(sayTwice(word, format), bases);
        }
        speech.receive(final(), bases);
        const [heard, normalized] = await timingsOf(speech);
        expect(normalized).toBe(heard);
        // Marks may be told of twice, or not at all, and of a compressed word that is cut the beginning only.
        if (isCompressed) expect(wordsOf(heard!)).toHaveLength(wordsOf(whole).length);
        else expect(withoutMarks(heard!), `${share} of ${drop}`).toBe(withoutMarks(whole));
      }
    }
  });

  test('does not hold the timing of Opus back, whose bytes tell no time', async () => {
    const speech = newSpeech({ format: 'opus_48000_64' });
    void speech.send(text, {}, false);
    takeAll(speech);
    speech.receive(say(text, { audio: 0.1 }), bases);
    const reader = speech.queue.read(() => {});
    expect((await reader.next()).value?.alignment?.characters).toHaveLength(text.length);
  });
});
