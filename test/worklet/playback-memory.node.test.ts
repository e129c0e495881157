import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { PlaybackMachine } from '../../src/worklet/playback-machine.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const outlet = { anchor: (): void => undefined, returnBuffer: (): void => undefined };
const output = new Float32Array(128);

/** A machine with 100 samples to play behind the machine with the id before. */
function makeMachine(id: number): PlaybackMachine {
  const options = { encoding: 's16le', sampleRate: 48_000, startMark: 0, refillMark: 0, id, after: id - 1 } as const;
  const machine = new PlaybackMachine(options, 48_000, outlet);
  machine.push(new ArrayBuffer(200), 200);
  machine.end();
  return machine;
}

/** How many of 20 machines in a chain are still in memory when `use` is done with them and nobody holds them. */
async function countLeft(firstId: number, use: (machines: PlaybackMachine[]) => void): Promise<number> {
  const machines = Array.from({ length: 20 }, (_, i) => makeMachine(firstId + i));
  const references = machines.map((machine) => new WeakRef(machine));
  use(machines);
  machines.length = 0;
  // What a reference was made to stays until the task is over.
  await new Promise((resolve) => setTimeout(resolve));
  collectGarbage();
  return references.filter((reference) => reference.deref() !== undefined).length;
}

it('forgets machines that have played to their end', async () => {
  const left = await countLeft(100, (machines) => {
    for (let frame = 0; frame < 20 * 128; frame += 128) {
      for (const machine of machines) machine.render(output, frame);
    }
  });
  expect(left).toBe(0);
});

it('forgets machines that were stopped, though they are rendered no more', async () => {
  const left = await countLeft(200, (machines) => {
    for (const machine of machines) machine.render(output, 0);
    for (const machine of machines) machine.stop();
  });
  expect(left).toBe(0);
});

it('keeps one that is paused before its start, and none of those before it', async () => {
  const left = await countLeft(300, (machines) => {
    machines.at(-1)!.pause();
    for (let frame = 0; frame < 20 * 128; frame += 128) {
      for (const machine of machines) machine.render(output, frame);
    }
  });
  expect(left).toBe(1);
});
