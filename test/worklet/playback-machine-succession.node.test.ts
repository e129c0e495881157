import { describe, expect, it } from 'vitest';
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts';
import { firstDifference } from './first-difference.ts';
import { MachineChain } from './machine-chain.ts';
import { countedSamples, countedSound, MachineProbe } from './machine-probe.ts';

type Order = (probes: readonly MachineProbe[]) => readonly MachineProbe[];

const inOrder: Order = (probes) => probes;
const reversed: Order = (probes) => probes.toReversed();
// At 48 kHz on both sides the sound is the samples, and 10 ms are 480 frames.
const fade = 480;

/** Everything that a machine is to play, counted from `from` on. */
function feed(probe: MachineProbe, length: number, from = 0): void {
  if (length > 0) probe.push(countedSamples(length, from));
  probe.machine.end();
}

/** A chain of machines that have all they play, of so many samples each. */
function chainOf(...lengths: number[]): MachineChain {
  const chain = new MachineChain();
  let from = 0;
  for (const length of lengths) {
    feed(chain.add(), length, from);
    from += length;
  }
  return chain;
}

function expectSound(chain: MachineChain, length: number, at = 0): void {
  const expected = new Float32Array(chain.output.length);
  expected.set(countedSound(length), at);
  expect(firstDifference(chain.output, expected)).toBe(-1);
}

const startOf = ({ anchors }: MachineProbe): number | undefined =>
  anchors.find(({ reason }) => reason === 'start')?.contextFrame;

const shuffled =
  (random: SeededRandom): Order =>
  (probes) =>
    probes
      .map((probe) => ({ probe, key: random.next() }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ probe }) => probe);

describe.each([
  ['rendered in their order', inOrder],
  ['rendered the other way round', reversed],
] as const)('PlaybackMachine after another one, %s', (_, order) => {
  it.each([1000, 1024, 1025, 1151, 1])('begins at the frame behind the last of %i', (length) => {
    const chain = chainOf(length, 700);
    const [first, second] = chain.probes;
    chain.render(16, order);
    expectSound(chain, length + 700);
    expect(first!.anchors.at(-1)).toEqual({
      reason: 'end',
      contextFrame: length,
      mediaTime: length / 48_000,
      rate: 0,
    });
    expect(second!.anchors).toEqual([
      { reason: 'start', contextFrame: length, mediaTime: 0, rate: 1 },
      { reason: 'end', contextFrame: length + 700, mediaTime: 700 / 48_000, rate: 0 },
    ]);
  });

  it('begins within the quantum in which one as short as a sample has sounded', () => {
    const chain = chainOf(1000, 1, 5, 0, 10, 300);
    chain.render(12, order);
    expectSound(chain, 1316);
    expect(chain.probes.map(({ anchors }) => anchors.at(-1)?.contextFrame)).toEqual([
      1000, 1001, 1006, 1006, 1016, 1316,
    ]);
    expect(chain.probes[3]!.reasons).toEqual(['end']);
  });

  it('begins though the one before it is rendered on behind its end', () => {
    const chain = chainOf(1024, 700);
    chain.render(16, () => order(chain.probes));
    expectSound(chain, 1724);
  });

  it('begins behind the last frame of one that is stopped on its last quantum', () => {
    const chain = chainOf(1000, 700);
    chain.render(7, order);
    chain.probes[0]!.machine.stop();
    chain.render(2, order);
    expect(chain.probes[0]!.anchors.at(-1)).toMatchObject({ reason: 'stop', contextFrame: 1000 });
    expect(startOf(chain.probes[1]!)).toBe(1000);
  });

  it('is silent and says nothing until the end before it is certain', () => {
    const chain = new MachineChain();
    const first = chain.add();
    first.push(countedSamples(1280));
    const second = chain.add();
    feed(second, 700, 1280);
    chain.render(20, order);
    expect(first.reasons).toEqual(['start', 'underrun']);
    expect(second.anchors).toEqual([]);
    first.push(countedSamples(1000, 1280));
    first.machine.end();
    chain.render(16, order);
    expect(first.reasons).toEqual(['start', 'underrun', 'refill', 'end']);
    expect(startOf(second)).toBe(first.anchors.at(-1)!.contextFrame);
    expect(startOf(second)).toBe(20 * 128 + 1000);
  });

  it('begins at the next quantum when the one before it is over since long, or never was', () => {
    const chain = chainOf(100);
    chain.render(5, order);
    const late = chain.add();
    feed(late, 10, 100);
    chain.render(1, order);
    expect(startOf(late)).toBe(5 * 128);
    const stray = chain.add({ after: -1 });
    feed(stray, 10);
    chain.render(1, order);
    expect(startOf(stray)).toBe(6 * 128);
  });

  it('begins at the next quantum when it is told of its own audio only behind that end', () => {
    const chain = chainOf(1000);
    const second = chain.add({ startMark: 0.01 });
    second.push(countedSamples(479, 1000));
    chain.render(12, order);
    expect(second.anchors).toEqual([]);
    second.push(countedSamples(1, 1479));
    chain.render(1, order);
    expect(second.anchors).toEqual([{ reason: 'start', contextFrame: 12 * 128, mediaTime: 0, rate: 1 }]);
    second.push(countedSamples(3000, 1480));
    chain.render(2, order);
    expect(firstDifference(chain.output.subarray(12 * 128), countedSound(3 * 128, 1000))).toBe(-1);
  });

  it('plays on from the middle of a quantum while its own audio is still coming', () => {
    const chain = chainOf(1000);
    const second = chain.add();
    for (let sent = 1000; sent < 7000; sent += 1000) second.push(countedSamples(1000, sent));
    chain.render(20, order);
    expectSound(chain, 20 * 128);
    expect(second.reasons).toEqual(['start']);
  });

  it('waits out a pause of the one before it, also one in its last quantum', () => {
    for (const heard of [6, 7]) {
      const chain = chainOf(1000, 700);
      const [first, second] = chain.probes;
      chain.render(heard, order);
      first!.machine.pause();
      chain.render(20, order);
      expect(first!.anchors.at(-1)).toMatchObject({ reason: 'pause', contextFrame: 1000 });
      expect(second!.anchors).toEqual([]);
      first!.machine.resume();
      chain.render(1, order);
      expect(first!.anchors.at(-1)).toMatchObject({ reason: 'end', contextFrame: (heard + 20) * 128 });
      expect(startOf(second!)).toBe((heard + 20) * 128);
    }
  });

  it('begins behind the last frames that a resume brings, however few', () => {
    const chain = chainOf(500, 700);
    const [first, second] = chain.probes;
    first!.machine.pause();
    chain.render(1, order);
    first!.machine.resume();
    chain.render(5, order);
    expect(startOf(second!)).toBe(128 + 500);
    const short = chainOf(490, 700);
    short.render(1, order);
    // The fade of 480 frames would end 118 frames behind the last.
    short.probes[0]!.machine.pause();
    short.render(1, order);
    short.probes[0]!.machine.resume();
    short.render(4, order);
    expect(startOf(short.probes[1]!)).toBe(490);
  });

  it('stays paused behind the end of the one before it, and starts with the resume', () => {
    const chain = chainOf(1000, 700);
    const second = chain.probes[1]!;
    chain.render(2, order);
    second.machine.pause();
    chain.render(10, order);
    second.machine.resume();
    chain.render(1, order);
    expect(second.anchors).toEqual([
      { reason: 'pause', contextFrame: 256, mediaTime: 0, rate: 0 },
      { reason: 'start', contextFrame: 12 * 128, mediaTime: 0, rate: 1 },
    ]);
  });

  it('comes without a gap after a pause that was taken back while it waited', () => {
    const chain = chainOf(1000, 700);
    const second = chain.probes[1]!;
    second.machine.pause();
    chain.render(2, order);
    second.machine.resume();
    chain.render(12, order);
    expectSound(chain, 1700);
    expect(second.reasons).toEqual(['pause', 'start', 'end']);
  });

  it('begins behind the fade when the one before it is stopped, a quantum late at most', () => {
    const chain = chainOf(5000, 700);
    const [first, second] = chain.probes;
    chain.render(2, order);
    first!.machine.stop();
    chain.render(8, order);
    const end = first!.anchors.at(-1)!;
    expect(end).toMatchObject({ reason: 'stop', contextFrame: 256 + fade });
    expect(startOf(second!)).toBe(order === inOrder ? end.contextFrame : 6 * 128);
  });

  it('does not wait for one that is stopped and rendered no more', () => {
    const chain = chainOf(5000, 700);
    const [first, second] = chain.probes;
    chain.render(2, order);
    first!.machine.stop();
    chain.render(3, () => [second!]);
    // In its first quantum alone it can't know yet.
    expect(startOf(second!)).toBe(3 * 128);
  });

  it('takes no quantum in which nothing was rendered for the end', () => {
    const chain = chainOf(1000, 700);
    chain.render(2, order);
    chain.render(20, () => []);
    chain.render(12, order);
    expect(chain.probes.map(startOf)).toEqual([0, 20 * 128 + 1000]);
  });

  it('waits for the one before the one before it when that in the middle is stopped, cut off or not', () => {
    for (const isCut of [false, true]) {
      const chain = chainOf(1000, 5000, 700);
      const [first, middle, last] = chain.probes;
      chain.render(2, order);
      middle!.machine.stop();
      chain.render(12, (probes) => order(probes.filter((probe) => !isCut || probe !== middle)));
      expect(middle!.reasons).toEqual(isCut ? [] : ['stop']);
      expect(first!.reasons).toEqual(['start', 'end']);
      expect(startOf(last!)).toBe(1000);
    }
  });

  it('does not count the wait as a gap in the arrivals', () => {
    const chain = chainOf(40_000);
    const second = chain.add({ refillMark: 0.05 });
    second.push(countedSamples(2000));
    chain.render(313, order);
    second.push(countedSamples(100, 2000));
    for (let i = 0; i < 100 && second.reasons.at(-1) !== 'underrun'; i += 1) chain.render(1, order);
    second.push(countedSamples(2400, 2100));
    chain.render(1, order);
    expect(second.reasons).toEqual(['start', 'underrun', 'refill']);
  });
});

it('gives the concatenation of what each gives alone, of random lengths and rates, called in random order', () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = seededRandom(seed);
    const chain = new MachineChain();
    const alone: Float32Array[] = [];
    const ends: number[] = [];
    let end = 0;
    for (let i = random.between(2, 6); i > 0; i -= 1) {
      const sampleRate = [48_000, 24_000, 44_100, 96_000][random.between(0, 3)]!;
      const length = random.between(1, [20, 300, 3000][random.between(0, 2)]!);
      const samples = Int16Array.from({ length }, () => random.between(-30_000, 30_000) || 1);
      const solo = new MachineProbe({ sampleRate });
      for (const probe of [solo, chain.add({ sampleRate })]) {
        for (let sent = 0; sent < length; sent += 500) probe.push(samples.subarray(sent, sent + 500));
        probe.machine.end();
      }
      while (solo.goesOn) solo.render(1);
      const frames = solo.anchors.at(-1)!.contextFrame;
      alone.push(solo.output.subarray(0, frames));
      end += frames;
      ends.push(end);
    }
    chain.render(Math.ceil(end / 128) + 1, shuffled(random));
    const expected = new Float32Array(chain.output.length);
    alone.forEach((sound, i) => expected.set(sound, ends[i - 1] ?? 0));
    expect(firstDifference(chain.output, expected), `seed ${seed}`).toBe(-1);
    expect(chain.probes.map(startOf)).toEqual([0, ...ends.slice(0, -1)]);
    expect(chain.probes.map(({ anchors }) => anchors.at(-1)!.contextFrame)).toEqual(ends);
    expect(chain.probes.flatMap(({ reasons }) => reasons)).toEqual(ends.flatMap(() => ['start', 'end']));
  }
}, 60_000);

it('keeps every order, leaves no gap where none must be and ends, whatever arrives and is asked for', () => {
  let joined = 0;
  let stopped = 0;
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = seededRandom(seed);
    const chain = new MachineChain();
    const left = new Map<MachineProbe, number>();
    /** From which frame on a machine has had all that it plays, and has not been told to hold. */
    const readySince = new Map<MachineProbe, number>();
    const commands = [0, 0.01, 0.05][random.between(0, 2)]!;
    const shuffle = shuffled(random);
    const message = (probe: MachineProbe): void => {
      const samples = left.get(probe)!;
      if (samples > 0 && random.next() < 0.2) {
        const count = Math.min(samples, random.between(1, 2000));
        probe.push(countedSamples(count));
        left.set(probe, samples - count);
      }
      if (left.get(probe) === 0 && random.next() < 0.3) {
        probe.machine.end();
        left.set(probe, -1);
        readySince.set(probe, chain.frame);
      }
      if (random.next() < commands) {
        probe.machine.pause();
        if (readySince.has(probe)) readySince.set(probe, Infinity);
      }
      if (random.next() < 0.1) {
        probe.machine.resume();
        if (readySince.get(probe) === Infinity) readySince.set(probe, chain.frame);
      }
      // One that is stopped is over for those that are made later.
      if (chain.probes.length === 4 && random.next() < commands / 20) probe.machine.stop();
    };
    for (let i = 0; i < 3000 && (chain.probes.length < 4 || chain.probes.some(({ goesOn }) => goesOn)); i += 1) {
      if (chain.probes.length < 4 && random.next() < 0.1) left.set(chain.add(), random.between(1, 6000));
      for (const probe of chain.probes) message(probe);
      chain.render(1, shuffle);
    }
    expect(chain.probes.map(({ goesOn }) => goesOn)).toEqual([false, false, false, false]);
    let over = 0;
    for (const probe of chain.probes) {
      const start = startOf(probe);
      const last = probe.anchors.at(-1)!;
      if (last.reason === 'stop') stopped += 1;
      if (start === undefined) continue;
      expect(start, `seed ${seed}`).toBeGreaterThanOrEqual(over);
      const before = chain.probes[chain.probes.indexOf(probe) - 1];
      const isJoined = before !== undefined && startOf(before) !== undefined && before.reasons.at(-1) === 'end';
      // Ready, and in the chain, in the quantum in which the one before it ends.
      const quantumStart = over - (over % 128);
      if (isJoined && (readySince.get(probe) ?? Infinity) <= quantumStart - 128) {
        expect(start, `seed ${seed}`).toBe(over);
        joined += 1;
      }
      over = last.contextFrame;
    }
  }
  console.log(`${joined} joined, ${stopped} stopped`);
  expect(joined).toBeGreaterThan(200);
  expect(stopped).toBeGreaterThan(20);
}, 60_000);
