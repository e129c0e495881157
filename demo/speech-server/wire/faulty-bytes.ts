import { setImmediate } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import type { Faults } from './faults.ts';
import { wait } from './wait.ts';

/** A body with the faults that concern bytes: written in chunks of a size, stalled at a byte, cut at a byte. */
export async function* faultyBytes(
  chunks: AsyncIterable<Uint8Array>,
  faults: Faults,
  connection: Connection,
): AsyncGenerator<Uint8Array, void, undefined> {
  const cut = faults.cut ?? Infinity;
  let stall = faults.stall ?? Infinity;
  let sent = 0;
  for await (const chunk of faults.chunk ? rechunk(chunks, faults.chunk) : chunks) {
    let rest = chunk;
    while (rest.length > 0) {
      if (sent === stall) {
        await wait(faults.stall_ms ?? Infinity, connection.signal);
        stall = Infinity;
      }
      if (sent === cut) {
        await connection.cut();
        return;
      }
      const part = rest.subarray(0, Math.min(rest.length, cut - sent, stall - sent));
      sent += part.length;
      yield part;
      rest = rest.subarray(part.length);
    }
  }
}

async function* rechunk(chunks: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  let rest = new Uint8Array(0);
  for await (const chunk of chunks) {
    rest = new Uint8Array(Buffer.concat([rest, chunk]));
    let position = 0;
    for (; position + size <= rest.length; position += size) {
      yield rest.subarray(position, position + size);
      // Gives the chunk the time to leave on its own.
      await setImmediate();
    }
    rest = rest.slice(position);
  }
  if (rest.length > 0) yield rest;
}
