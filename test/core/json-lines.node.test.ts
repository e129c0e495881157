import { describe, expect, test } from 'vitest';
import { readJsonLines } from '../../src/core/json-lines.ts';
import type { ReplyBody } from '../../src/core/reply-body.ts';
import { speechError } from '../support/rejection.ts';

/** A body of the given pieces. */
function bodyOf(pieces: Iterable<Uint8Array | string>): ReplyBody & { cancelled: boolean } {
  const source = pieces[Symbol.iterator]();
  return {
    cancelled: false,
    async read() {
      const { value } = source.next();
      return typeof value === 'string'
        ? new TextEncoder().encode(value)
        : (value as Uint8Array<ArrayBuffer> | undefined);
    },
    cancel() {
      this.cancelled = true;
    },
  };
}

async function readAll(pieces: Iterable<Uint8Array | string>): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of readJsonLines(bodyOf(pieces), 'r-1')) values.push(value);
  return values;
}

const read = (...pieces: (Uint8Array | string)[]): Promise<unknown[]> => readAll(pieces);

/** Milliseconds that a line of so many pieces takes. */
const timeToRead = async (size: number): Promise<number> => {
  const pieces = ['"', ...Array.from({ length: size }, () => 'x'.repeat(16)), '"\n'];
  const start = performance.now();
  await readAll(pieces);
  return performance.now() - start;
};

describe('readJsonLines', () => {
  const values = [{ a: 'नमस्ते 👩‍👩‍👧' }, { n: 12.345 }, null, [1], 'line\nbreak'];

  test('reads lines split at any byte, in one-byte pieces too', async () => {
    const bytes = new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(await read(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(values);
    }
    expect(await read(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(values);
  });

  test.each<[string, string, unknown[]]>([
    ['CRLF', '{"a":1}\r\n{"a":2}\r\n', [{ a: 1 }, { a: 2 }]],
    ['blank lines', '\n\n{"a":1}\n\n \t\n\r\n{"a":2}\n\n', [{ a: 1 }, { a: 2 }]],
    ['a last line without its break', '{"a":1}\n{"a":2}', [{ a: 1 }, { a: 2 }]],
    ['data: prefixes', 'data: {"a":1}\n\ndata:{"a":2}\n\ndata:\n', [{ a: 1 }, { a: 2 }]],
    ['a byte order mark', '\ufeff{"a":1}\n', [{ a: 1 }]],
    ['data: within a value', '{"a":"data: x"}\n', [{ a: 'data: x' }]],
    ['nothing', '', []],
    ['only breaks', '\n\n', []],
  ])('accepts %s', async (_name, text, expected) => {
    expect(await read(text)).toEqual(expected);
    expect(await read(...text)).toEqual(expected);
  });

  test.each([
    ['text', 'the old mill\n'],
    ['HTML', '<html>\n'],
    ['two values', '{"a":1}{"the old mill":2}\n'],
    ['half a last line', '{"a":"the old mill'],
    ['half a character', Uint8Array.of(0x22, 0xe0, 0xa4)],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22, 0x0a)],
  ])('refuses %s, without quoting it', async (_name, piece) => {
    const body = bodyOf(['{"good":1}\n', piece]);
    const got: unknown[] = [];
    const error = await speechError(
      (async () => {
        for await (const value of readJsonLines(body, 'r-1')) got.push(value);
      })(),
    );
    expect(got).toEqual([{ good: 1 }]);
    expect(error.code).toBe('protocol');
    expect(error.message + JSON.stringify(error) + String(error.cause)).not.toContain('mill');
    expect(body.cancelled).toBe(true);
  });

  test('gives up on a line without end', async () => {
    const piece = new Uint8Array(2 ** 22).fill(0x61);
    function* endless(): Generator<Uint8Array> {
      for (;;) yield piece;
    }
    const lines = readJsonLines(bodyOf(endless()), 'r-1');
    expect((await speechError(lines.next())).code).toBe('protocol');
  });

  test('reads a long line in time proportional to its length', async () => {
    await timeToRead(20_000);
    const short = await timeToRead(20_000);
    expect((await timeToRead(160_000)) / short).toBeLessThan(32);
  });

  test('closes the connection when the reader leaves', async () => {
    const body = bodyOf(['1\n', '2\n']);
    for await (const value of readJsonLines(body, 'r-1')) {
      expect(value).toBe(1);
      break;
    }
    expect(body.cancelled).toBe(true);
  });
});
