import { expect, inject, test } from 'vitest';
import { wordsOf } from '../support/heard-speech.ts';
import { runScript, runtimes } from './runtime-process.ts';

const text = 'The old mill stands by the river.';

test.each(runtimes)('in %s, the core has a text spoken by every kind of call', async (runtime) => {
  const { line, stop } = await runScript(runtime, 'speak-by-core.ts', inject('speechServerUrl'), '', text);
  await stop();
  const { streamed, timed, live } = JSON.parse(line);
  expect(streamed).toBeGreaterThan(8000);
  for (const { bytes, words, error } of [timed, live]) {
    expect(error).toBeUndefined();
    expect(words).toEqual(wordsOf(text));
    expect(Math.abs(bytes - streamed)).toBeLessThan(streamed / 2);
  }
});
