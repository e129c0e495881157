import { describe, expect, test } from 'vitest';
import { countCharacters } from '../../../src/edge/request/count-characters.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('characters', () => {
  test.each([
    ['', 0],
    ['a', 1],
    ['Grüße', 5],
    ['🎧', 1],
    ['a🎧b🎧', 4],
    ['e\u0301', 2],
    ['👩‍👩‍👧', 5],
    ['\ud83c', 1],
    ['\udfa7', 1],
    ['\ud83c\ud83c\udfa7\udfa7', 3],
    ['\udfa7\ud83c', 2],
    ['\ud83ca\udfa7', 3],
  ])('of %j are %i', (text, count) => {
    expect(countCharacters(text)).toBe(count);
  });

  test('are counted as an iterator gives them, whatever the text', () => {
    const { between } = seededRandom(7);
    const units = ['a', '\ud83c', '\udbff', '\ud800', '\udfa7', '\udc00', '\udfff', '\ud7ff', '\ue000', '€'];
    for (let round = 0; round < 500; round += 1) {
      const text = Array.from({ length: between(0, 40) }, () => units[between(0, units.length - 1)]).join('');
      expect(countCharacters(text)).toBe([...text].length);
    }
  });
});
