import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decodeBase64, decodeByAtob } from '../../src/core/base64.ts';

describe.each([
  ['decodeBase64', decodeBase64],
  ['decodeByAtob', decodeByAtob],
])('%s', (_name, decode) => {
  test('gives back the bytes of every length', () => {
    for (let length = 0; length < 100; length += 1) {
      const bytes = randomBytes(length);
      const text = bytes.toString('base64');
      expect(Buffer.from(decode(text))).toEqual(bytes);
      expect(Buffer.from(decode(text.replace(/=+$/, '')))).toEqual(bytes);
    }
  });

  test('skips white space', () => {
    expect([...decode(' AQID\r\nBA==\t')]).toEqual([1, 2, 3, 4]);
  });

  test.each(['A', 'AAAAA', '====', 'AA=A', 'AQ*D', 'äAAA', 'AQI-', 'AQID=', 'AQ='])('refuses %j', (text) => {
    expect(() => decode(text)).toThrow();
  });
});
