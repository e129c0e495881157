import { describe, expect, test } from 'vitest';
import type { SocketCall } from './support/socket-client.ts';
import { audioOf, converse, durationOf, refusalOf, SocketClient, startsOf, textOf } from './support/socket-client.ts';

const text = 'Hello there, how are you today? I am well, thank you very much. ';
const messages = [{ text }, { text: '' }];

function faulty(faults: Readonly<Record<string, string | number>>, call: SocketCall = {}): SocketCall {
  const named = Object.entries(faults).map(([name, value]) => [`fault_${name}`, value] as const);
  return { ...call, query: { sync_alignment: true, ...call.query, ...Object.fromEntries(named) } };
}

describe('the end of the connection', () => {
  test.each([0, 1, 5])('socket_drop=%i drops it after so many frames of audio', async (count) => {
    const { frames, audioFrames, code } = await converse(faulty({ socket_drop: count }), messages);
    expect(code).toBe(1006);
    expect(frames).toHaveLength(count);
    expect(audioFrames).toHaveLength(count);
  });

  test('socket_drop counts the frames of the connection, whatever their context', async () => {
    const { frames, code } = await converse(faulty({ socket_drop: 3 }, { call: 'multi-stream-input' }), [
      { text: 'Hello there, you. ', context_id: 'a', flush: true },
      { text, context_id: 'b', flush: true },
    ]);
    expect([frames.length, code]).toEqual([3, 1006]);
  });

  test('socket_drop comes in place of the final frame after the last audio', async () => {
    const { audioFrames } = await converse(faulty({}), messages);
    const dropped = await converse(faulty({ socket_drop: audioFrames.length }), messages);
    expect(audioOf(dropped.audioFrames).equals(audioOf(audioFrames))).toBe(true);
    expect([dropped.finals, dropped.code]).toEqual([[], 1006]);
  });

  test.each([
    [1000, 0],
    [1011, 2],
    [4001, 4],
  ])('socket_close=%i closes it after %i frames', async (expected, count) => {
    const call = faulty({ socket_close: expected, socket_close_after: count });
    const { frames, code } = await converse(call, messages);
    expect([frames.length, code]).toEqual([count, expected]);
  });

  test.each([999, 1005, 1006, 1015, 2999, 5000])('socket_close=%i is refused', async (code) => {
    expect((await refusalOf(faulty({ socket_close: code }))).status).toBe(422);
  });

  test('error_frame=n closes it with an error that names no context', async () => {
    const call = faulty({ error_frame: 2 }, { call: 'multi-stream-input' });
    const { frames, code } = await converse(call, [{ text, context_id: 'a', flush: true }]);
    expect(frames).toHaveLength(3);
    expect(frames[2]).toEqual({ message: expect.any(String), error: 'quota_exceeded', code: 1008 });
    expect(code).toBe(1008);
  });

  test('error_code names the error', async () => {
    const call = faulty({ error_frame: 0, error_code: 'detected_unusual_activity' });
    expect((await converse(call, messages)).frames).toMatchObject([{ error: 'detected_unusual_activity' }]);
  });

  test('times=k lets it befall the first connections only', async () => {
    const call = faulty({ socket_drop: 1, times: 1, key: 'a drop' });
    expect((await converse(call, messages)).code).toBe(1006);
    expect((await converse(call, messages)).code).toBe(1000);
  });

  test('no_final=1 closes without a final frame', async () => {
    const { finals, audioFrames, code } = await converse(faulty({ no_final: 1 }), messages);
    expect([finals, textOf(audioFrames), code]).toEqual([[], text, 1000]);
    const multi = await converse(faulty({ no_final: 1 }, { call: 'multi-stream-input' }), [
      { text, context_id: 'a', flush: true },
      { context_id: 'a', close_context: true },
      { close_socket: true },
    ]);
    expect([multi.finals, textOf(multi.audioFrames), multi.code]).toEqual([[], text, 1000]);
  });
});

describe('a context that is closed too soon', () => {
  const call = faulty({ eager_close: 1, pace: 4 }, { call: 'multi-stream-input' });
  const final = { audio: null, isFinal: true, alignment: null, normalizedAlignment: null, contextId: 'a' };
  const said = { text, context_id: 'a' };
  const flush = { context_id: 'a', flush: true };
  const close = { context_id: 'a', close_context: true };
  const closeSocket = { close_socket: true };

  test.each([
    ['a flush', [said, flush]],
    ['text that is flushed', [{ ...said, flush: true }]],
    ['a second flush, which finds nothing', [said, flush, flush]],
  ])('with eager_close=1 loses what was flushed: right behind %s', async (_, before) => {
    const { frames, code } = await converse(call, [...before, close, closeSocket]);
    expect([frames, code]).toEqual([[final], 1000]);
  });

  test('with eager_close=1 speaks to its end once audio has come', async () => {
    const client = await SocketClient.open(call);
    client.send(said, flush);
    await client.untilAudio('a');
    // A flush that finds nothing changes nothing.
    client.send(flush, close, closeSocket);
    expect(await client.closed).toMatchObject({ code: 1000 });
    expect(textOf(client.audioFrames)).toBe(text);
    expect(client.frames.at(-1)).toEqual(final);
    expect(client.finals).toHaveLength(1);
  });

  test('with eager_close=1 loses what is being spoken too, if more was flushed', async () => {
    const client = await SocketClient.open(call);
    client.send(said, flush);
    await client.untilAudio('a');
    client.send(said, flush, close);
    await client.untilFinal('a');
    expect(text.startsWith(textOf(client.audioFrames))).toBe(true);
    expect(textOf(client.audioFrames)).not.toBe(text);
    client.send(closeSocket);
    expect(await client.closed).toMatchObject({ code: 1000 });
    expect(client.frames.at(-1)).toEqual(final);
  });

  test('eager_close=1 concerns each context for itself, and no other end', async () => {
    const { audioFrames, finals } = await converse(call, [
      { text, context_id: 'b', flush: true },
      said,
      flush,
      close,
      closeSocket,
    ]);
    expect(finals.map(({ contextId }) => contextId)).toEqual(['a', 'b']);
    expect(audioFrames.every(({ contextId }) => contextId === 'b')).toBe(true);
    expect(textOf(audioFrames)).toBe(text);
    expect(textOf((await converse(faulty({ eager_close: 1 }), messages)).audioFrames)).toBe(text);
  });
});

describe('alignment', () => {
  test('null_alignment=n leaves out that of every nth frame', async () => {
    const { audioFrames } = await converse(faulty({ null_alignment: 3 }), messages);
    expect(audioFrames.length).toBeGreaterThan(6);
    for (const [index, { alignment, normalizedAlignment }] of audioFrames.entries()) {
      const isNull = (index + 1) % 3 === 0;
      expect([alignment === null, normalizedAlignment === null]).toEqual([isNull, isNull]);
    }
  });

  test('zero_alignment=1 has every time 0', async () => {
    const { audioFrames } = await converse(faulty({ zero_alignment: 1 }), messages);
    expect(textOf(audioFrames)).toBe(text);
    for (const { alignment } of audioFrames) {
      expect(new Set(alignment!.charStartTimesMs)).toEqual(new Set([0]));
      expect(new Set(alignment!.charDurationsMs)).toEqual(new Set([0]));
    }
  });

  test('split_words=1 cuts in the middle of words, and nothing is lost', async () => {
    const plain = await converse(faulty({}), messages);
    const { audioFrames } = await converse(faulty({ split_words: 1 }), messages);
    const texts = audioFrames.map((frame) => frame.alignment!.chars.join(''));
    expect(texts.join('')).toBe(text);
    expect(texts.slice(1).every((part, index) => /^\p{L}/u.test(part) && /\p{L}$/u.test(texts[index]!))).toBe(true);
    expect(texts.length).toBeGreaterThan(6);
    expect(audioOf(audioFrames).equals(audioOf(plain.audioFrames))).toBe(true);
    const times = startsOf(audioFrames, 'chunk');
    expect(startsOf(plain.audioFrames, 'chunk').every((time, index) => Math.abs(time - times[index]!) <= 1)).toBe(true);
  });

  test('restart_alignment=1 tells every sentence a second time, and the normalized text once', async () => {
    const plain = await converse(faulty({}), messages);
    const { audioFrames } = await converse(faulty({ restart_alignment: 1 }), messages);
    const [first, second] = text.split(/(?<=\? )/) as [string, string];
    const told = audioFrames.flatMap(({ alignment }) => (alignment ? [alignment.chars.join('')] : []));
    expect(told).toHaveLength(4);
    expect([told[1], told[3]]).toEqual([first, second]);
    expect(first.startsWith(told[0]!) && second.startsWith(told[2]!)).toBe(true);
    expect(textOf(audioFrames, 'normalizedAlignment')).toBe(textOf(plain.audioFrames, 'normalizedAlignment'));
    const restart = audioFrames[1]!.alignment!;
    expect(restart.charStartTimesMs).toEqual(startsOf(plain.audioFrames, 'chunk').slice(0, first.length));
  });
});

describe('names and lateness', () => {
  const call = { call: 'multi-stream-input' } as const;
  const one = [
    { text, context_id: 'a', flush: true },
    { context_id: 'a', close_context: true },
  ];

  test('snake_ids=1 spells context_id and is_final', async () => {
    const { frames } = await converse(faulty({ snake_ids: 1 }, call), [...one, { close_socket: true }]);
    expect(frames.at(-1)).toMatchObject({ is_final: true, context_id: 'a' });
    expect(frames[0]).toMatchObject({ is_final: null, context_id: 'a' });
    expect(frames.some((frame) => 'contextId' in frame || 'isFinal' in frame)).toBe(false);
  });

  test('late_frames=n repeats the last audio behind the final frame', async () => {
    const { frames, finals } = await converse(faulty({ late_frames: 2 }, call), [...one, { close_socket: true }]);
    const final = frames.indexOf(finals[0]!);
    expect(finals).toHaveLength(1);
    expect(frames.slice(final + 1)).toEqual([frames[final - 1], frames[final - 1]]);
  });

  test('late_frames=n follows a context that was cancelled too', async () => {
    const client = await SocketClient.open(faulty({ late_frames: 3, pace: 2 }, call));
    client.send({ text: text.repeat(8), context_id: 'a' });
    await client.untilAudio('a');
    client.send({ context_id: 'a', close_context: true }, { close_socket: true });
    await client.closed;
    const final = client.frames.indexOf(client.finals[0]!);
    expect(client.frames.slice(final + 1)).toHaveLength(3);
    expect(client.finals).toHaveLength(1);
  });

  test('strict_settings=1 refuses settings in a second context', async () => {
    const settings = { voice_settings: { speed: 1.1 } };
    const { frames } = await converse(faulty({ strict_settings: 1 }, call), [
      { text: ' ', context_id: 'a', ...settings },
      { text: ' ', context_id: 'b', ...settings },
    ]);
    expect(frames).toMatchObject([{ error: 'invalid_voice_settings', code: 1008, contextId: 'b' }]);
  });

  test('pace=2 sends audio at twice real time', async () => {
    const client = await SocketClient.open(faulty({ pace: 2 }));
    client.send(...messages);
    await client.untilAudio();
    const begin = performance.now();
    await client.closed;
    const last = durationOf(client.audioFrames.slice(-1));
    const behind = durationOf(client.audioFrames.slice(0, 1));
    expect(performance.now() - begin).toBeGreaterThan((durationOf(client.audioFrames) - last - behind) / 2 - 50);
  });

  test('jitter=ms holds frames back', async () => {
    const client = await SocketClient.open(faulty({ jitter: 60 }));
    const times: number[] = [];
    client.socket.on('message', () => times.push(performance.now()));
    client.send(...messages);
    await client.closed;
    expect(textOf(client.audioFrames)).toBe(text);
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(10 * times.length);
  });
});
