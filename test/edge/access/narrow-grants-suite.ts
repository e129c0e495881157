import { describe, expect, test } from 'vitest';
import { checkGrants, type WantedSpeech } from '../../../src/edge/access/check-grants.ts';
import { narrowGrants } from '../../../src/edge/access/narrow-grants.ts';
import { speechOperations, type SpeechGrants } from '../../../src/edge/access/speech-grants.ts';
import { seededRandom, type SeededRandom } from '../../support/seeded-random.ts';

const names = ['a', 'b', 'c', 'd'];
const numbers = ['charactersPerRequest', 'characterBudget', 'concurrency', 'sessionSeconds'] as const;
const lists = ['operations', 'voices', 'models', 'formats'] as const;

function someOf<Entry>({ next, between }: SeededRandom, entries: readonly Entry[]): Entry[] | undefined {
  if (next() < 0.3) return undefined;
  return entries.filter(() => next() < 0.6).sort(() => between(-1, 1));
}

function randomGrants(random: SeededRandom): SpeechGrants {
  const number = () => (random.next() < 0.3 ? undefined : random.between(0, 5));
  const grants = {
    operations: someOf(random, speechOperations),
    voices: someOf(random, names),
    models: someOf(random, names),
    formats: someOf(random, names),
    ...Object.fromEntries(numbers.map((name) => [name, number()])),
  };
  return Object.fromEntries(Object.entries(grants).filter(([, value]) => value !== undefined));
}

/** The same whatever the order in lists. */
function meaning(grants: SpeechGrants): unknown {
  return { ...grants, ...Object.fromEntries(lists.map((name) => [name, grants[name] && [...grants[name]].sort()])) };
}

function isAllowed(grants: SpeechGrants, wanted: WantedSpeech): boolean {
  try {
    checkGrants(grants, wanted);
    return true;
  } catch {
    return false;
  }
}

function randomly(check: (one: SpeechGrants, other: SpeechGrants, third: SpeechGrants, random: SeededRandom) => void) {
  const random = seededRandom(20_261_121);
  for (let round = 0; round < 500; round += 1) {
    check(randomGrants(random), randomGrants(random), randomGrants(random), random);
  }
}

describe('grants that are narrowed', () => {
  test('are what all of them hold, in the order of the first', () => {
    const policy: SpeechGrants = { voices: ['a', 'b', 'c'], characterBudget: 1000, concurrency: 3 };
    const asked: SpeechGrants = { voices: ['d', 'c', 'a'], characterBudget: 5000, sessionSeconds: 60 };
    expect(narrowGrants(policy, asked)).toStrictEqual({
      voices: ['a', 'c'],
      characterBudget: 1000,
      concurrency: 3,
      sessionSeconds: 60,
    });
    expect(narrowGrants(asked, policy, { voices: ['c', 'a'] }).voices).toEqual(['c', 'a']);
  });

  test('are empty lists where nothing is common, and stay empty', () => {
    expect(narrowGrants({ voices: ['a'] }, { voices: ['b'] })).toStrictEqual({ voices: [] });
    expect(narrowGrants({ voices: [] }, { voices: ['b'] }, {})).toStrictEqual({ voices: [] });
    expect(narrowGrants({}, { operations: [] })).toStrictEqual({ operations: [] });
  });

  test('keep a limit of nought', () => {
    expect(narrowGrants({ characterBudget: 0 }, { characterBudget: 5 })).toEqual({ characterBudget: 0 });
    expect(narrowGrants({}, { concurrency: 0 })).toEqual({ concurrency: 0 });
  });

  test('are not limited where nobody limits', () => {
    expect(narrowGrants()).toStrictEqual({});
    expect(narrowGrants(undefined, {}, undefined)).toStrictEqual({});
    expect(narrowGrants({ voices: undefined, concurrency: undefined }, {})).toStrictEqual({});
  });

  test('mean the same in any order', () => {
    randomly((one, other, third) => {
      expect(meaning(narrowGrants(one, other))).toEqual(meaning(narrowGrants(other, one)));
      expect(meaning(narrowGrants(one, other, third))).toEqual(meaning(narrowGrants(third, narrowGrants(one, other))));
    });
  });

  test('are the same when narrowed by themselves', () => {
    randomly((one, other) => {
      expect(narrowGrants(one, one)).toEqual(one);
      const narrowed = narrowGrants(one, other);
      expect(narrowGrants(narrowed, other, one, narrowed)).toEqual(narrowed);
    });
  });

  test('allow what all of them allow, and nothing else', () => {
    let allowed = 0;
    randomly((one, other, third, { between }) => {
      const narrowed = narrowGrants(one, other, third);
      for (let attempt = 0; attempt < 20; attempt += 1) {
        const wanted: WantedSpeech = {
          operation: speechOperations[between(0, speechOperations.length - 1)]!,
          voiceId: names[between(0, 5)],
          modelId: names[between(0, 5)],
          format: names[between(0, 5)],
          characters: between(0, 6),
        };
        const isByAll = [one, other, third].every((grants) => isAllowed(grants, wanted));
        expect(isAllowed(narrowed, wanted)).toBe(isByAll);
        if (isByAll) allowed += 1;
      }
      for (const name of numbers) {
        const values = [one[name], other[name], third[name]].map((value) => value ?? Infinity);
        expect(narrowed[name] ?? Infinity).toBe(Math.min(...values));
      }
    });
    expect(allowed).toBeGreaterThan(100);
  });

  test('leave those they were made from as they were', () => {
    const one: SpeechGrants = Object.freeze({ voices: Object.freeze(['b', 'a']) });
    narrowGrants(one, { voices: ['a'] });
    expect(one).toEqual({ voices: ['b', 'a'] });
  });
});
