import { expect, it } from 'vitest';
import { Resampler } from '../../src/worklet/resampler.ts';
import { MachineProbe, type AnchorRecord } from './machine-probe.ts';
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts';

const contextRate = 48_000;
const fadeFrames = 480;
const underrunFadeFrames = 240;
const sourceRates = [48_000, 24_000, 44_100] as const;

interface Sound {
  readonly samples: Int16Array;
  /** What is heard of all of it when nothing comes between. */
  readonly sound: Float32Array;
}

function makeSound(random: SeededRandom, sourceRate: number): Sound {
  const samples = Int16Array.from({ length: random.between(1, sourceRate / 3) }, () => random.between(-30_000, 30_000));
  const floats = Float32Array.from(samples, (sample) => sample / 32_768);
  if (sourceRate === contextRate) return { samples, sound: floats };
  const resampler = new Resampler(sourceRate, contextRate);
  const sound = new Float32Array(resampler.available(floats.length, true));
  let read = 0;
  const pull = (target: Float32Array, offset: number, count: number): number => {
    const given = floats.subarray(read, read + count);
    target.set(given, offset);
    read += given.length;
    return given.length;
  };
  resampler.render({ pull }, sound, 0, sound.length);
  return { samples, sound };
}

/** Plays the sound with random arrivals and commands until it is over; every run must come to its end. */
function playAtRandom(random: SeededRandom, probe: MachineProbe, samples: Int16Array): void {
  let sent = 0;
  // Networks from one that stalls for long to one that is far ahead.
  const arrival = [0.02, 0.1, 0.5][random.between(0, 2)]!;
  const largest = [300, 2000, 9000][random.between(0, 2)]!;
  const commands = [0, 0.02, 0.1][random.between(0, 2)]!;
  const stops = random.next() < 0.3 ? 0.005 : 0;
  const push = (): void => {
    const count = random.between(1, largest);
    probe.push(samples.subarray(sent, sent + count));
    sent += count;
  };
  for (let quantum = 0; quantum < 1500 && probe.goesOn; quantum += 1) {
    while (sent < samples.length && random.next() < arrival) push();
    if (sent >= samples.length && random.next() < 0.3) probe.machine.end();
    if (random.next() < commands) probe.machine.pause();
    if (random.next() < commands) probe.machine.resume();
    if (random.next() < stops) probe.machine.stop();
    probe.render(1);
  }
  while (sent < samples.length) push();
  probe.machine.end();
  probe.machine.resume();
  for (let quantum = 0; quantum < 1500 && probe.goesOn; quantum += 1) probe.render(1);
  expect(probe.goesOn).toBe(false);
}

/** Follows the anchors through the output: in every frame the gain of the sound at the mapped position is a legal one. */
function checkAgainstMap(probe: MachineProbe, sound: Float32Array, duration: number): void {
  const { output, anchors } = probe;
  let piece: AnchorRecord | undefined;
  let nextAnchor = 0;
  let heard = 0;
  let gain: number | undefined = 1;
  for (let frame = 0; frame < output.length; frame += 1) {
    while (anchors[nextAnchor]?.contextFrame === frame) piece = anchors[nextAnchor++];
    const sample = output[frame]!;
    if (piece === undefined || piece.rate === 0) {
      if (sample !== 0) throw new Error(`sound in frame ${frame}, where the media is held`);
      const expected = Math.min(heard / contextRate, duration);
      if (piece !== undefined && piece.mediaTime !== expected) {
        throw new Error(`held at ${piece.mediaTime} instead of ${expected} seconds`);
      }
      if (heard > 0) gain = 0;
      continue;
    }
    const position = piece.mediaTime * contextRate + frame - piece.contextFrame;
    if (Math.abs(position - heard) > 1e-6) throw new Error(`frame ${frame} is at ${position} instead of ${heard}`);
    const full = sound[heard]!;
    // Of a sample near zero the gain can't be told.
    const now = Math.abs(full) < 1e-3 ? undefined : sample / full;
    if (now === undefined ? Math.abs(sample) > Math.abs(full) : !(now >= 0 && now <= 1)) {
      throw new Error(`frame ${frame} has ${sample} where the media has ${full}`);
    }
    const isTail = heard >= sound.length - fadeFrames;
    if (now !== undefined && gain !== undefined && !isTail && Math.abs(now - gain) > 1 / underrunFadeFrames + 1e-4) {
      throw new Error(`the gain jumps from ${gain} to ${now} in frame ${frame}`);
    }
    gain = now;
    heard += 1;
  }
  const last = anchors.at(-1)!;
  if (nextAnchor < anchors.length && last.contextFrame !== output.length)
    throw new Error('an anchor lies in the future');
  if (last.reason === 'end') expect(heard).toBe(sound.length);
}

/** Which anchor may follow which: a hold is ended by what can end it, and said once. */
const successors: Record<string, RegExp> = {
  '': /^(start|pause|end|stop)$/,
  start: /^(pause|underrun|end|stop)$/,
  resume: /^(pause|underrun|end|stop)$/,
  refill: /^(pause|underrun|end|stop)$/,
  pause: /^(start|resume|underrun|refill|pause|end|stop)$/,
  underrun: /^(refill|pause|end|stop)$/,
  end: /^$/,
  stop: /^$/,
};

function checkOrder(anchors: readonly AnchorRecord[]): void {
  let before: AnchorRecord | undefined;
  for (const anchor of anchors) {
    expect(anchor.reason).toMatch(successors[before?.reason ?? '']!);
    expect(anchor.contextFrame).toBeGreaterThanOrEqual(before?.contextFrame ?? 0);
    expect(anchor.rate).toBe(/^(start|resume|refill)$/.test(anchor.reason) ? 1 : 0);
    before = anchor;
  }
  expect(anchors.filter(({ reason }) => reason === 'start').length).toBeLessThanOrEqual(1);
}

it('plays the source in order, nothing skipped or repeated, and the anchors tell the truth, in 1,000 random runs', () => {
  const firstSeed = 20_261_121;
  console.log(`seeds ${firstSeed} to ${firstSeed + 999}`);
  const seen = new Map<string, number>();
  for (let seed = firstSeed; seed < firstSeed + 1000; seed += 1) {
    const random = seededRandom(seed);
    const sampleRate = sourceRates[random.between(0, 2)]!;
    const { samples, sound } = makeSound(random, sampleRate);
    const startMark = random.between(15, 80) / 1000;
    const refillMark = random.between(25, 80) / 1000;
    const probe = new MachineProbe({ sampleRate, startMark, refillMark }, contextRate);
    try {
      playAtRandom(random, probe, samples);
      checkAgainstMap(probe, sound, samples.length / sampleRate);
      checkOrder(probe.anchors);
      expect(probe.returned.length).toBe(probe.pushed.length);
      expect(probe.returned.every((buffer, i) => buffer === probe.pushed[i])).toBe(true);
    } catch (error) {
      throw new Error(`Seed ${seed}, ${sampleRate} Hz: ${String(error)}`, { cause: error });
    }
    for (const { reason } of probe.anchors) seen.set(reason, (seen.get(reason) ?? 0) + 1);
  }
  console.log('anchors', Object.fromEntries(seen));
  for (const reason of ['start', 'pause', 'resume', 'underrun', 'refill', 'end', 'stop']) {
    expect(seen.get(reason), reason).toBeGreaterThan(100);
  }
}, 120_000);
