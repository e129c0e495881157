import { describe, expect, test } from 'vitest';
import type { CharacterTimes } from '../../demo/speech-server/alignment/character-times.ts';
import { matchLetters } from '../../demo/speech-server/alignment/match-letters.ts';
import { Timeline } from '../../demo/speech-server/alignment/timeline.ts';
import { assertKnownEngine } from '../../demo/speech-server/engine/load-flite.ts';
import { exportFunctions } from '../../demo/speech-server/engine/export-functions.ts';

/** `kn=n igh=ay t=t`: letters and the phones that they were matched with. */
function spell(word: string, phones: string): string | undefined {
  const names = phones.split(' ');
  return matchLetters(word, names)
    ?.map(({ letterStart, letterEnd, phoneStart, phoneEnd }) => {
      return `${word.slice(letterStart, letterEnd)}=${names.slice(phoneStart, phoneEnd).join('+')}`;
    })
    .join(' ');
}

describe('letters and phones', () => {
  test.each([
    ['cat', 'k ae t', 'c=k a=ae t=t'],
    ['ship', 'sh ih p', 'sh=sh i=ih p=p'],
    ['knight', 'n ay t', 'kn=n igh=ay t=t'],
    ['box', 'b aa k s', 'b=b o=aa x=k+s'],
    ['use', 'y uw z', 'u=y+uw se=z'],
    ['phone', 'f ow n', 'ph=f o=ow ne=n'],
    ['there', 'dh eh r', 'th=dh e=eh re=r'],
    ['nation', 'n ey sh ax n', 'n=n a=ey ti=sh o=ax n=n'],
  ])('of "%s" are matched', (word, phones, spelling) => {
    expect(spell(word, phones)).toBe(spelling);
  });

  test('of an abbreviation are not', () => {
    expect(spell('dr', 'd aa k t er')).toBeUndefined();
    expect(spell('mr', 'm ih s t er')).toBeUndefined();
  });

  test('are each in one spelling, in order, or there is none', () => {
    const phones = ['s', 't', 'r', 'eh', 'ng', 'k', 'th', 's'];
    for (const word of ['strengths', 'a', 'zzzzzzzz', 'queue', 'rhythm']) {
      const spellings = matchLetters(word, phones);
      if (spellings === undefined) continue;
      let letter = 0;
      let phone = 0;
      for (const spelling of spellings) {
        expect([spelling.letterStart, spelling.phoneStart]).toEqual([letter, phone]);
        letter = spelling.letterEnd;
        phone = spelling.phoneEnd;
      }
      expect([letter, phone]).toEqual([word.length, phones.length]);
    }
  });
});

/** Characters with their start and end; without times, the ones that have no sound. */
function sounds(...entries: [string, number?, number?][]): CharacterTimes {
  return {
    characters: entries.map(([character]) => character),
    starts: entries.map(([, start]) => start),
    ends: entries.map(([, , end]) => end),
  };
}

describe('the timeline', () => {
  test('gives leading silence to the first character and a pause to the marks in it', () => {
    const timeline = new Timeline();
    timeline.add(sounds(['a', 0.2, 0.3], [','], [' '], ['b', 0.5, 0.6]), 0);
    timeline.finish(0.7);
    expect(timeline.take(Infinity)).toEqual({
      characters: ['a', ',', ' ', 'b'],
      starts: [0, 0.3, 0.4, 0.5],
      ends: [0.3, 0.4, 0.5, 0.7],
    });
  });

  test('settles the end of a sentence when the next one comes', () => {
    const timeline = new Timeline();
    timeline.add(sounds(['a', 0.1, 0.2], ['.'], [' ']), 0);
    expect(timeline.settledUntil).toBe(0.2);
    expect(timeline.take(Infinity).characters).toEqual(['a']);
    timeline.add(sounds(['b', 0.1, 0.2]), 0.5);
    expect(timeline.settledUntil).toBe(0.6);
    expect(timeline.take(Infinity)).toEqual({ characters: ['.', ' '], starts: [0.2, 0.4], ends: [0.4, 0.6] });
  });

  test('takes only what begins before a time', () => {
    const timeline = new Timeline();
    timeline.add(sounds(['a', 0, 0.1], ['b', 0.1, 0.2], ['c', 0.2, 0.3]), 0);
    timeline.finish(0.3);
    expect(timeline.take(0.2)).toEqual({ characters: ['a', 'b'], starts: [0, 0.1], ends: [0.1, 0.2] });
    expect(timeline.take(0.2).characters).toEqual([]);
    expect(timeline.take(0.3)).toEqual({ characters: ['c'], starts: [0.2], ends: [0.3] });
  });

  test('never goes backwards', () => {
    const timeline = new Timeline();
    timeline.add(sounds(['5', 0.4, 0.6], ['$', 0.1, 0.3], ['!']), 0);
    timeline.finish(0.7);
    expect(timeline.take(Infinity)).toEqual({
      characters: ['5', '$', '!'],
      starts: [0, 0.6, 0.6],
      ends: [0.6, 0.6, 0.7],
    });
  });
});

describe('the engine', () => {
  test('is refused with what to do if it is another file', () => {
    expect(() => assertKnownEngine(new Uint8Array(8))).toThrow(/sha256.*npm ci/);
  });

  test('is refused if it lacks a function', () => {
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    expect(() => exportFunctions(empty, ['utt_synth'])).toThrow('utt_synth');
  });

  test('gets inner functions exported by their names', async () => {
    // (module (func (export "a") (result i32) i32.const 1) (func $b (result i32) i32.const 2)) with a name section.
    const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    const types = [1, 5, 1, 0x60, 0, 1, 0x7f];
    const functions = [3, 3, 2, 0, 0];
    const exported = [7, 5, 1, 1, 0x61, 0, 0];
    const code = [10, 11, 2, 4, 0, 0x41, 1, 0x0b, 4, 0, 0x41, 2, 0x0b];
    const names = [0, 11, 4, 0x6e, 0x61, 0x6d, 0x65, 1, 4, 1, 1, 1, 0x62];
    const module = Uint8Array.from([...header, ...types, ...functions, ...exported, ...code, ...names]);
    const { instance } = await WebAssembly.instantiate(exportFunctions(module, ['b']));
    const { a, b } = instance.exports as { a: () => number; b: () => number };
    expect([a(), b()]).toEqual([1, 2]);
  });
});
