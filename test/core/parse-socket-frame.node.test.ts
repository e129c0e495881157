import { describe, expect, test } from 'vitest';
import { parseSocketFrame, type SocketFrame } from '../../src/core/parse-socket-frame.ts';
import { SpeechError } from '../../src/core/speech-error.ts';

const none: SocketFrame = { contextId: undefined, isFinal: false, chunk: undefined, error: undefined };
const alignment = { characters: ['h', 'i'], starts: [0, 0.1], ends: [0.1, 0.3] };

function parse(wire: unknown): SocketFrame {
  return parseSocketFrame(JSON.stringify(wire), (message) => {
    throw new Error(message);
  });
}

/** The error that a message throws. */
function errorOf(json: string): unknown {
  try {
    parseSocketFrame(json, () => {});
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a message with speech', () => {
  test.each([
    { chars: ['h', 'i'], charStartTimesMs: [0, 100], charDurationsMs: [100, 200] },
    { chars: ['h', 'i'], charsStartTimesMs: [0, 100], charsDurationsMs: [100, 200] },
    { characters: ['h', 'i'], character_start_times_seconds: [0, 0.1], character_end_times_seconds: [0.1, 0.3] },
  ])('is read with the timing %j', (wire) => {
    for (const names of [
      ['alignment', 'normalizedAlignment'],
      ['alignment', 'normalized_alignment'],
    ]) {
      const frame = parse({ audio: 'AQI=', isFinal: null, [names[0]!]: wire, [names[1]!]: wire });
      expect(frame.chunk).toMatchObject({ alignment, normalizedAlignment: alignment });
      expect([...frame.chunk!.audio]).toEqual([1, 2]);
    }
  });

  test('may hold audio only, or timing only', () => {
    expect(parse({ audio: 'AQI=', alignment: null, normalizedAlignment: null }).chunk).toEqual({
      audio: Uint8Array.of(1, 2),
      alignment: undefined,
      normalizedAlignment: undefined,
    });
    const wire = { chars: ['h', 'i'], charStartTimesMs: [0, 100], charDurationsMs: [100, 200] };
    for (const audio of [null, undefined, '']) {
      expect(parse({ audio, alignment: wire }).chunk).toMatchObject({ audio: new Uint8Array(0), alignment });
    }
  });

  test('is read without a timing that is malformed, which is told of', () => {
    const warnings: string[] = [];
    const json = JSON.stringify({ audio: 'AQI=', alignment: { chars: ['h'], charStartTimesMs: [] } });
    const frame = parseSocketFrame(json, (message) => warnings.push(message));
    expect(frame.chunk).toMatchObject({ alignment: undefined });
    expect(warnings).toHaveLength(1);
  });
});

describe('the name of the context', () => {
  test.each([
    [{ contextId: 'a' }, 'a'],
    [{ context_id: 'a' }, 'a'],
    [{ contextId: null, context_id: 'a' }, 'a'],
    [{ contextId: null }, undefined],
    [{ contextId: 7 }, undefined],
    [{}, undefined],
  ])('of %j is %s', (wire, contextId) => {
    expect(parse(wire)).toEqual({ ...none, contextId });
  });
});

describe('the last message', () => {
  test.each([
    [{ isFinal: true }, true],
    [{ is_final: true }, true],
    [{ isFinal: null, is_final: true }, true],
    [{ isFinal: true, audio: null, alignment: null, normalizedAlignment: null }, true],
    [{ isFinal: null }, false],
    [{ isFinal: false }, false],
    [{ isFinal: 'true' }, false],
  ])('of %j is told: %s', (wire, isFinal) => {
    expect(parse(wire)).toEqual({ ...none, isFinal });
  });

  test('may hold the last speech', () => {
    expect(parse({ isFinal: true, audio: 'AQI=' })).toMatchObject({
      isFinal: true,
      chunk: { audio: Uint8Array.of(1, 2) },
    });
  });
});

describe('a message that tells of an error', () => {
  test.each<[object, SpeechError['code']]>([
    [{ message: 'm', error: 'quota_exceeded', code: 1008 }, 'quota-exceeded'],
    [{ message: 'm', error: 'input_timeout_exceeded', code: 1008, contextId: 'a' }, 'timeout'],
    [{ error: { code: 'invalid_api_key', message: 'm' } }, 'unauthorized'],
    [{ detail: { status: 'quota_exceeded', message: 'm' } }, 'quota-exceeded'],
    [{ detail: [{ loc: ['text'], msg: 'm', type: 'missing' }] }, 'server'],
    [{ detail: 'm' }, 'server'],
    [{ type: 'error', message: 'm' }, 'server'],
    [{ status: 'error', message: 'm' }, 'server'],
    [{ message: 'm', code: 1008 }, 'server'],
    [{ error: '', code: 1008 }, 'server'],
    [{ audio: null, isFinal: null, alignment: null, error: 'voice_not_found' }, 'not-found'],
    [{ isFinal: true, error: 'quota_exceeded' }, 'quota-exceeded'],
  ])('%j has the code %s', (wire, code) => {
    const { chunk, error } = parse(wire);
    expect(chunk).toBeUndefined();
    expect(SpeechError.is(error)).toBe(true);
    expect(error?.code).toBe(code);
  });

  test('holds no speech: a code beside speech is none of its errors', () => {
    expect(parse({ audio: 'AQI=', code: 7 })).toMatchObject({
      error: undefined,
      chunk: { audio: Uint8Array.of(1, 2) },
    });
  });

  test('tells whose it is', () => {
    expect(parse({ error: 'x_y', context_id: 'a' }).contextId).toBe('a');
  });
});

describe('a message that tells nothing', () => {
  test.each([
    {},
    { message: 'all is well' },
    { type: 'flush_done' },
    { error: null, code: null, detail: null },
    { isFinal: null, audio: null, alignment: null, normalizedAlignment: null },
  ])('is read as such: %j', (wire) => {
    expect(parse(wire)).toEqual(none);
  });

  test('may still name its context', () => {
    expect(parse({ type: 'flush_done', context_id: 'a' })).toEqual({ ...none, contextId: 'a' });
  });
});

describe('what is no message', () => {
  test.each([
    '',
    'secret text',
    '{"text":"secret text',
    '[]',
    '[{"audio":"AQI="}]',
    '7',
    'null',
    'true',
    '"secret text"',
  ])('is refused without being quoted: %j', (json) => {
    const error = errorOf(json);
    expect(error).toMatchObject({ code: 'protocol' });
    expect(String(error)).not.toContain('secret');
  });

  test.each([{ audio: 7 }, { audio: 'no base64!' }, { audio: ['AQI='] }])('has audio that is none: %j', (wire) => {
    expect(errorOf(JSON.stringify(wire))).toMatchObject({ code: 'protocol' });
  });
});
