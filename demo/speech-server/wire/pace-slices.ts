import type { Faults } from './faults.ts';
import { seededRandom } from './seeded-random.ts';
import type { SpeechSlice } from './slice-speech.ts';
import { wait } from './wait.ts';

/** Holds slices back to `pace` times real time and by up to `jitter` milliseconds each; the same waits every time. */
export async function* paceSlices(
  slices: AsyncIterable<SpeechSlice>,
  faults: Faults,
  signal: AbortSignal,
): AsyncGenerator<SpeechSlice, void, undefined> {
  const random = seededRandom(1);
  const begin = performance.now();
  for await (const slice of slices) {
    const due = faults.pace ? (1000 * slice.start) / faults.pace - (performance.now() - begin) : 0;
    const delay = Math.max(0, due) + (faults.jitter ?? 0) * random();
    if (delay > 0) await wait(delay, signal);
    yield slice;
  }
}
