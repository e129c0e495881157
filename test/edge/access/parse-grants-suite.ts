import { describe, expect, test } from 'vitest';
import { parseGrants } from '../../../src/edge/access/parse-grants.ts';
import { Refusal } from '../../../src/edge/refusal.ts';
import { speechOperations } from '../../../src/edge/access/speech-grants.ts';

const all = {
  operations: speechOperations,
  voices: ['voice1', 'voice2'],
  models: ['eleven_flash_v2_5'],
  formats: ['pcm_24000'],
  charactersPerRequest: 500,
  characterBudget: 10_000,
  concurrency: 2,
  sessionSeconds: 0.5,
};

function refused(value: unknown): string {
  try {
    parseGrants(value);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'invalid_request') return error.message;
    throw error;
  }
  throw new Error('These were expected to be refused.');
}

describe('grants', () => {
  test('come back as they were, in objects of their own', () => {
    const parsed = parseGrants(all);
    expect(parsed).toEqual(all);
    expect(parsed).not.toBe(all);
    expect(parsed.voices).not.toBe(all.voices);
    expect(parseGrants({})).toStrictEqual({});
    expect(parseGrants(Object.assign(Object.create(null), all))).toEqual(all);
  });

  test('may be empty lists and nought', () => {
    const none = { operations: [], voices: [], models: [], formats: [], charactersPerRequest: 0, characterBudget: 0 };
    expect(parseGrants(none)).toEqual(none);
  });

  test('that are undefined are left out', () => {
    expect(parseGrants({ voices: undefined, concurrency: 1 })).toStrictEqual({ concurrency: 1 });
  });

  test('go up to 200 entries of 100 characters', () => {
    const voices = Array.from({ length: 200 }, () => '🎧'.repeat(100));
    expect(parseGrants({ voices }).voices).toEqual(voices);
    expect(refused({ voices: [...voices, 'v'] })).toMatch(/^grants\.voices must be/);
    expect(refused({ voices: ['v'.repeat(101)] })).toMatch(/^grants\.voices must be/);
    expect(refused({ operations: Array.from({ length: 201 }, () => 'stream') })).toMatch(/^grants\.operations must be/);
  });

  test.each([
    null,
    undefined,
    [],
    'all',
    7,
    true,
    new Date(0),
    new Map(),
    new Set(),
    () => {},
    new URL('https://speech.example'),
  ])('are no %o', (value) => {
    expect(refused(value)).toBe('grants must be an object.');
  });

  test.each(['everything', 'Voices', 'voice', '', '__proto__', 'constructor', 'toString', 'budgetSeconds'])(
    'have no field %j',
    (name) => {
      expect(refused(JSON.parse(`{${JSON.stringify(name)}:[]}`))).toBe('grants hold a field that is not known.');
    },
  );

  test.each(['operations', 'voices', 'models', 'formats'])('hold a list of strings as %s', (name) => {
    // oxlint-disable-next-line no-sparse-arrays, unicorn/no-new-array
    const wrong = [null, 'stream', 7, {}, { length: 0 }, [7], [null], [['stream']], [''], [undefined], new Array(3)];
    for (const value of wrong)
      expect(refused({ [name]: value })).toMatch(new RegExp(`^grants\\.${name} must be a list`));
  });

  test.each(['delete', 'Stream', 'toString', '__proto__', 'stream '])('hold no operation %j', (name) => {
    expect(refused({ operations: ['stream', name] })).toMatch(/^grants\.operations must be a list of convert, /);
  });

  test.each(['charactersPerRequest', 'characterBudget', 'concurrency', 'sessionSeconds'])(
    'hold a number as %s',
    (name) => {
      const wrong = [null, '5', -1, -0.5, NaN, Infinity, -Infinity, [5], {}, true, 5n];
      for (const value of wrong) expect(refused({ [name]: value })).toMatch(new RegExp(`^grants\\.${name} must be a `));
    },
  );

  test.each(['charactersPerRequest', 'characterBudget', 'concurrency'])('count whole ones as %s', (name) => {
    for (const value of [0.5, 2 ** 53, 1e300]) expect(refused({ [name]: value })).toMatch(/must be a whole number/);
    expect(parseGrants({ [name]: 2 ** 53 - 1 })).toEqual({ [name]: 2 ** 53 - 1 });
  });

  test('quote nothing of a caller when they are refused', () => {
    for (const value of [
      { hunter2: 1 },
      { voices: 'hunter2' },
      { operations: ['hunter2'] },
      { concurrency: 'hunter2' },
    ]) {
      expect(refused(value)).not.toContain('hunter2');
    }
  });
});
