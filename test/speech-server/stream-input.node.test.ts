import { describe, expect, test } from 'vitest';
import type { ServerFrame } from './support/socket-client.ts';
import { audioOf, converse, durationOf, SocketClient, startsOf, textOf } from './support/socket-client.ts';
import { fetchSpeech } from './support/speech-call.ts';
import type { WireLine } from './support/wire-line.ts';

const first = 'You paid $5.50 for a well-known thing, at 3:30. ';
const second = 'Dr. Smith — who never, ever pays — said “no”. ';
const third = 'Extraordinarily, nobody minded that at all in the end. ';
const text = first + second + third;

/** One message for every word. */
function tokens(words: string): { readonly text: string }[] {
  return (words.match(/\S+\s*/g) ?? []).map((word) => ({ text: word }));
}

function milliseconds(seconds: readonly number[]): number[] {
  return seconds.map((time) => Math.round(time * 1000));
}

async function wholeSpeech(words: string): Promise<WireLine> {
  return (await fetchSpeech({ call: '/with-timestamps', body: { text: words } })).json() as Promise<WireLine>;
}

/** The frames that begin a generation: without `sync_alignment` those that carry an alignment. */
function generationsOf(frames: readonly ServerFrame[]): string[] {
  return frames.flatMap((frame) => (frame.alignment ? [frame.alignment.chars.join('')] : []));
}

const start = { text: ' ', voice_settings: { stability: 0.4 } };
const end = { text: '' };
const synced = { query: { sync_alignment: true } };

describe('text', () => {
  test('is spoken to its end, then told to be final, then the socket is closed', async () => {
    const { frames, audioFrames, finals, code } = await converse({}, [start, ...tokens(text), end]);
    expect(code).toBe(1000);
    expect(finals).toEqual([{ audio: null, isFinal: true, alignment: null, normalizedAlignment: null }]);
    expect(frames.at(-1)).toBe(finals[0]);
    expect(audioFrames).toHaveLength(frames.length - 1);
    expect(audioFrames.every(({ isFinal }) => isFinal === null)).toBe(true);
    expect(textOf(audioFrames)).toBe(text);
  });

  test('sounds as it does over HTTP if it is spoken at once', async () => {
    const { audioFrames } = await converse({}, [{ text: third }, end]);
    const { audio_base64 } = await wholeSpeech(third);
    expect(audioOf(audioFrames).equals(Buffer.from(audio_base64, 'base64'))).toBe(true);
  });

  test('may stand in the first message', async () => {
    const { audioFrames } = await converse({}, [{ text: 'Hello there.' }, end]);
    expect(textOf(audioFrames)).toBe('Hello there.');
  });

  test('that holds nothing to say gives the final frame only', async () => {
    const { frames, finals, code } = await converse({}, [start, { text: '… 👋', flush: true }, end]);
    expect(frames).toEqual(finals);
    expect(finals).toHaveLength(1);
    expect(code).toBe(1000);
  });

  test('is taken no more once it has ended', async () => {
    const { audioFrames, finals } = await converse({}, [{ text: 'Hello there. ' }, end, { text: 'More. ' }, end]);
    expect(textOf(audioFrames)).toBe('Hello there. ');
    expect(finals).toHaveLength(1);
  });

  test.each([0.7, 1.2])('is spoken %f times as fast', async (speed) => {
    const plain = await converse({}, [{ text: first }, end]);
    const other = await converse({}, [{ text: first, voice_settings: { speed } }, end]);
    const ratio = durationOf(plain.audioFrames) / durationOf(other.audioFrames);
    expect(Math.abs(ratio - speed)).toBeLessThan(0.15);
  });
});

describe('generations', () => {
  test('begin when the schedule is reached and end with sentences', async () => {
    const client = await SocketClient.open();
    client.send(start, ...tokens(first), ...tokens(second));
    // 120 characters are not reached yet: what is answered first is what follows.
    client.send({ text: third });
    await client.untilAudio();
    client.send(end);
    await client.closed;
    expect(generationsOf(client.frames)).toEqual([text]);
  });

  test('follow the schedule that the first message names', async () => {
    const config = { generation_config: { chunk_length_schedule: [50] } };
    const { frames } = await converse({}, [{ ...start, ...config }, ...tokens(text), end]);
    expect(generationsOf(frames)).toEqual([first, second, third]);
  });

  test('follow the schedule that a later message names', async () => {
    const config = { generator_config: { chunk_length_schedule: [50, 500] } };
    const { frames } = await converse({}, [start, { text: `${first}Dr. `, ...config }, ...tokens(text), end]);
    expect(generationsOf(frames)).toEqual([first, `Dr. ${text}`]);
  });

  test('begin at once on a flush, whatever is held', async () => {
    const client = await SocketClient.open();
    client.send(start, { text: 'Half a wo', flush: true });
    expect((await client.untilAudio()).alignment?.chars.join('')).toBe('Half a wo');
    client.send({ text: 'rd', flush: true }, end);
    await client.closed;
    expect(generationsOf(client.frames)).toEqual(['Half a wo', 'rd']);
    expect(client.finals).toHaveLength(1);
  });

  test('begin on try_trigger_generation from 50 characters on, without the last word', async () => {
    const trigger = { try_trigger_generation: true };
    const part = 'This is a text of more than fifty characters, isn’t it, and unfin';
    const { frames } = await converse({}, [start, { text: 'Short. ', ...trigger }, { text: part, ...trigger }, end]);
    expect(generationsOf(frames)).toEqual([`Short. ${part.slice(0, -5)}`, 'unfin']);
  });

  test('are sentences in auto mode', async () => {
    const { frames } = await converse({ query: { auto_mode: true } }, [start, ...tokens(text), end]);
    expect(generationsOf(frames)).toEqual([first, second, third]);
  });

  test('give the text together, cut between words, however it comes', async () => {
    const config = { generation_config: { chunk_length_schedule: [50, 60, 70] } };
    const long = text.repeat(3);
    const pieces = long.match(/.{1,7}/gs)!.filter((piece) => piece !== ' ');
    const { frames } = await converse({}, [
      { ...start, ...config },
      ...pieces.map((piece, index) => ({ text: piece, try_trigger_generation: index % 9 === 0 })),
      end,
    ]);
    const generations = generationsOf(frames);
    expect(generations.length).toBeGreaterThan(5);
    expect(generations.join('')).toBe(pieces.join(''));
    expect(generations.slice(0, -1).every((generation) => /\s$/.test(generation))).toBe(true);
  });
});

describe('alignment', () => {
  test('of a generation comes with its first frame', async () => {
    const config = { generation_config: { chunk_length_schedule: [50] } };
    const { audioFrames } = await converse({}, [{ ...start, ...config }, { text: `${first}${second}Go` }, end]);
    const carriers = audioFrames.filter(({ alignment }) => alignment !== null);
    expect(carriers[0]).toBe(audioFrames[0]);
    expect(audioFrames.length).toBeGreaterThan(2 * carriers.length);
    expect(carriers.map(({ alignment }) => alignment!.charStartTimesMs[0])).toEqual(carriers.map(() => 0));
    for (const [index, carrier] of carriers.entries()) {
      const from = audioFrames.indexOf(carrier);
      const to = index + 1 < carriers.length ? audioFrames.indexOf(carriers[index + 1]!) : audioFrames.length;
      const { charStartTimesMs, charDurationsMs } = carrier.alignment!;
      expect(charStartTimesMs.at(-1)! + charDurationsMs.at(-1)!).toBe(
        Math.floor(durationOf(audioFrames.slice(from, to))),
      );
    }
  });

  test('is that of HTTP, on either base', async () => {
    const whole = await wholeSpeech(third);
    const chunked = (await converse(synced, [{ text: third }, end])).audioFrames;
    const query = { sync_alignment: true, fault_time_base: 1 };
    const absolute = (await converse({ query }, [{ text: third }, end])).audioFrames;
    for (const [field, name] of [
      ['alignment', 'alignment'],
      ['normalizedAlignment', 'normalized_alignment'],
    ] as const) {
      const expected = milliseconds(whole[name]!.character_start_times_seconds);
      expect(startsOf(chunked, 'chunk', field)).toEqual(expected);
      expect(startsOf(absolute, 'context', field)).toEqual(expected);
      expect(textOf(chunked, field)).toBe(whole[name]!.characters.join(''));
    }
    expect(textOf(chunked, 'normalizedAlignment')).toMatch(/^ Extra/);
  });

  test('of a frame spans its audio, in whole words and whole milliseconds', async () => {
    const { audioFrames } = await converse(synced, [start, ...tokens(text), end]);
    expect(textOf(audioFrames)).toBe(text);
    for (const frame of audioFrames) {
      const { charStartTimesMs, charDurationsMs } = frame.alignment!;
      const ends = charStartTimesMs.map((time, index) => time + charDurationsMs[index]!);
      expect(charStartTimesMs[0]).toBe(0);
      expect(ends.slice(0, -1)).toEqual(charStartTimesMs.slice(1));
      expect(Math.abs(ends.at(-1)! - durationOf([frame]))).toBeLessThan(1);
      expect([...charStartTimesMs, ...charDurationsMs].every(Number.isInteger)).toBe(true);
    }
    const texts = audioFrames.map(({ alignment }) => alignment!.chars.join(''));
    expect(texts.slice(1).every((part, index) => /^\s/.test(part) || /\s$/.test(texts[index]!))).toBe(true);
    expect(audioFrames.slice(0, -1).every((frame) => durationOf([frame]) >= 100)).toBe(true);
    expect(audioFrames.length).toBeGreaterThan(text.split(' ').length / 2);
  });

  test('goes on over generations, on either base', async () => {
    const messages = [start, { text: first, flush: true }, { text: second, flush: true }, { text: third }, end];
    const chunked = (await converse(synced, messages)).audioFrames;
    const query = { sync_alignment: true, fault_time_base: 1 };
    const absolute = (await converse({ query }, messages)).audioFrames;
    expect(textOf(chunked)).toBe(text);
    const [relative, counted] = [startsOf(chunked, 'chunk'), startsOf(absolute, 'context')];
    expect(relative.every((time, index) => Math.abs(time - counted[index]!) <= 1)).toBe(true);
    expect(counted.every((time, index) => time >= (counted[index - 1] ?? 0))).toBe(true);
    expect(startsOf(chunked, 'context')).not.toEqual(counted);
  });
});

describe('voice_settings', () => {
  test('may be repeated without a change', async () => {
    const { code } = await converse({}, [start, { text: 'Hello. ', voice_settings: { stability: 0.4 } }, end]);
    expect(code).toBe(1000);
  });

  test.each([[start], [{ text: ' ' }]])('that a later message changes end the connection', async (begin) => {
    const { frames, code, reason } = await converse({}, [begin, { text: 'Hello. ', voice_settings: { style: 1 } }]);
    expect(frames).toEqual([{ message: expect.any(String), error: 'invalid_voice_settings', code: 1008 }]);
    expect([code, reason]).toEqual([1008, frames[0]!.message!.slice(0, 123)]);
  });
});

describe('what is no message', () => {
  test.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no text', '{}'],
    ['a number for a text', '{"text":5}'],
    ['a text for a flag', '{"text":"Hello. ","flush":"yes"}'],
    ['settings out of range', '{"text":" ","voice_settings":{"speed":2}}'],
    ['a schedule out of range', '{"text":" ","generation_config":{"chunk_length_schedule":[120,501]}}'],
    ['a schedule of no numbers', '{"text":" ","generation_config":{"chunk_length_schedule":[null]}}'],
    [
      'a locator without a version',
      '{"text":" ","pronunciation_dictionary_locators":[{"pronunciation_dictionary_id":"a"}]}',
    ],
  ])('ends the connection: %s', async (_name, message) => {
    const client = await SocketClient.open();
    client.socket.send(message);
    expect(await client.closed).toMatchObject({ code: 1008 });
    expect(client.frames).toEqual([{ message: expect.any(String), error: 'invalid_message', code: 1008 }]);
  });

  test('a binary frame closes with 1003', async () => {
    const client = await SocketClient.open();
    client.socket.send(Buffer.from('{"text":"Hello."}'));
    expect(await client.closed).toMatchObject({ code: 1003 });
    expect(client.frames).toMatchObject([{ error: 'invalid_message', code: 1003 }]);
  });

  test('more than a megabyte closes with 1009', async () => {
    const client = await SocketClient.open();
    client.send({ text: 'a'.repeat(1_000_000) });
    expect(await client.closed).toMatchObject({ code: 1009 });
  });

  test('more text than the model takes', async () => {
    const { frames, code } = await converse({}, [{ text: 'word '.repeat(2001) }]);
    expect(frames).toMatchObject([{ error: 'max_character_limit_exceeded' }]);
    expect(code).toBe(1008);
  });
});

describe('silence', () => {
  test('of the client ends the connection', async () => {
    const call = { query: { inactivity_timeout: 0.2 } };
    const { frames, code, reason } = await converse(call, [start]);
    expect(frames).toEqual([{ message: expect.any(String), error: 'input_timeout_exceeded', code: 1008 }]);
    expect(code).toBe(1008);
    expect(reason).toBe(frames[0]!.message!.slice(0, 123));
    expect(reason).not.toBe(frames[0]!.message);
  });

  test('is broken by a space, which ends nothing and is not spoken', async () => {
    const client = await SocketClient.open({ query: { inactivity_timeout: 2 } });
    client.send(start);
    for (let count = 0; count < 10; count++) {
      await new Promise((resolve) => void setTimeout(resolve, 250));
      client.send({ text: ' ' });
    }
    expect(client.frames).toEqual([]);
    client.send({ text: 'Hello. ' }, end);
    expect(await client.closed).toMatchObject({ code: 1000 });
    expect(textOf(client.audioFrames)).toBe('Hello. ');
  });

  test('is not broken by audio', async () => {
    const query = { inactivity_timeout: 0.5, fault_pace: 1, sync_alignment: true };
    const { frames, audioFrames, code } = await converse({ query }, [{ text, flush: true }]);
    expect(audioFrames.length).toBeGreaterThan(0);
    expect(frames.at(-1)).toMatchObject({ error: 'input_timeout_exceeded' });
    expect(code).toBe(1008);
  });

  test('is nothing once the text has ended', async () => {
    const query = { inactivity_timeout: 0.5, fault_pace: 2, sync_alignment: true };
    const { audioFrames, code } = await converse({ query }, [{ text: first }, end]);
    expect(durationOf(audioFrames)).toBeGreaterThan(1500);
    expect(code).toBe(1000);
  });
});
