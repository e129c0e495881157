import { describe, expect, it } from 'vitest';
import { maxBuffersInFlight } from '../../src/worklet/messages.ts';
import { firstDifference } from './first-difference.ts';
import { countedSamples, countedSound, MachineProbe } from './machine-probe.ts';

// Everything here is at 48 kHz on both sides, where the sound is the samples: 10 ms are 480 frames, 5 ms are 240.
const fade = 480;
const underrunFade = 240;

/** The gain of each frame from `from` on, when frame `from` is media frame `media`. */
function gains(output: Float32Array, from: number, count: number, media: number): number[] {
  const sound = countedSound(count, media);
  return Array.from({ length: count }, (_, i) => output[from + i]! / sound[i]!);
}

function expectRamp(actual: number[], gainAt: (index: number) => number): void {
  const wrong = actual.findIndex((gain, i) => Math.abs(gain - gainAt(i)) > 1e-6);
  expect(wrong, `gain ${actual[wrong]} instead of ${gainAt(wrong)}`).toBe(-1);
}

describe('PlaybackMachine: start and end', () => {
  it('waits for the start mark, then gives each sample to the bit and ends with the last', () => {
    const probe = new MachineProbe({ startMark: 0.02 });
    probe.render(2);
    probe.push(countedSamples(959));
    probe.render(3);
    expect(probe.anchors).toEqual([]);
    probe.push(countedSamples(141, 959));
    probe.machine.end();
    probe.render(8);
    expect(probe.goesOn).toBe(true);
    probe.render(1);
    expect(probe.goesOn).toBe(false);
    const expected = new Float32Array(14 * 128);
    expected.set(countedSound(1100), 5 * 128);
    expect(firstDifference(probe.output, expected)).toBe(-1);
    expect(probe.anchors).toEqual([
      { reason: 'start', contextFrame: 640, mediaTime: 0, rate: 1 },
      { reason: 'end', contextFrame: 640 + 1100, mediaTime: 1100 / 48_000, rate: 0 },
    ]);
    expect(probe.returned).toEqual(probe.pushed);
  });

  it('starts exactly at the mark', () => {
    const probe = new MachineProbe({ startMark: 0.02 });
    probe.push(countedSamples(960));
    probe.render(1);
    expect(probe.reasons).toEqual(['start']);
  });

  it('starts below the mark when the stream has ended', () => {
    const probe = new MachineProbe({ startMark: 1 });
    probe.push(countedSamples(100));
    probe.render(1);
    expect(probe.reasons).toEqual([]);
    probe.machine.end();
    probe.render(1);
    expect(probe.reasons).toEqual(['start', 'end']);
    expect(firstDifference(probe.output.subarray(128, 228), countedSound(100))).toBe(-1);
  });

  it('does not take a first piece that is shorter than the filter for the whole', () => {
    const probe = new MachineProbe({ sampleRate: 24_000, startMark: 0 });
    probe.push(countedSamples(10));
    probe.render(1);
    expect(probe.anchors).toEqual([]);
    probe.push(countedSamples(100, 10));
    probe.render(1);
    expect(probe.anchors[0]).toEqual({ reason: 'start', contextFrame: 128, mediaTime: 0, rate: 1 });
  });

  it('ends a stream without a sample, and does not start it', () => {
    const probe = new MachineProbe();
    probe.machine.end();
    probe.render(1);
    expect(probe.anchors).toEqual([{ reason: 'end', contextFrame: 0, mediaTime: 0, rate: 0 }]);
    expect(probe.goesOn).toBe(false);
  });

  it('gives the duration of the source at the end, also where the last frame reaches past it', () => {
    const probe = new MachineProbe({ sampleRate: 44_100 });
    probe.push(countedSamples(1000));
    probe.machine.end();
    probe.render(10);
    const frames = Math.ceil((1000 * 48_000) / 44_100);
    expect(probe.anchors[1]).toEqual({ reason: 'end', contextFrame: frames, mediaTime: 1000 / 44_100, rate: 0 });
  });

  it('says nothing and gives silence after the end, and returns what still comes', () => {
    const probe = new MachineProbe();
    probe.push(countedSamples(10));
    probe.machine.end();
    probe.render(1);
    probe.push(countedSamples(500));
    probe.machine.stop();
    probe.render(2);
    expect(probe.reasons).toEqual(['start', 'end']);
    expect(probe.goesOn).toBe(false);
    expect(probe.returned).toEqual(probe.pushed);
    expect(probe.output.subarray(10).every((sample) => sample === 0)).toBe(true);
  });

  it('returns audio that comes after the end of the stream, unplayed', () => {
    const probe = new MachineProbe();
    probe.push(countedSamples(500));
    probe.machine.end();
    probe.push(countedSamples(500, 500));
    expect(probe.returned).toEqual([probe.pushed[1]]);
    probe.render(4);
    expect(probe.anchors[1]).toMatchObject({ reason: 'end', contextFrame: 500 });
  });
});

describe('PlaybackMachine: pause and resume', () => {
  it('fades out over 10 ms while the media moves, holds, and fades in from the very next sample', () => {
    const probe = new MachineProbe();
    probe.push(countedSamples(6000));
    probe.render(4);
    probe.machine.pause();
    probe.render(10);
    probe.machine.resume();
    probe.render(8);
    const held = 512 + fade;
    expect(probe.anchors).toEqual([
      { reason: 'start', contextFrame: 0, mediaTime: 0, rate: 1 },
      { reason: 'pause', contextFrame: held, mediaTime: held / 48_000, rate: 0 },
      { reason: 'resume', contextFrame: 14 * 128, mediaTime: held / 48_000, rate: 1 },
    ]);
    const { output } = probe;
    expect(firstDifference(output.subarray(0, 512), countedSound(512))).toBe(-1);
    expectRamp(gains(output, 512, fade, 512), (i) => 1 - (i + 1) / fade);
    expect(output.subarray(held, 14 * 128).every((sample) => sample === 0)).toBe(true);
    expectRamp(gains(output, 14 * 128, fade, held), (i) => (i + 1) / fade);
    const rest = 14 * 128 + fade - 1;
    expect(firstDifference(output.subarray(rest), countedSound(output.length - rest, held + fade - 1))).toBe(-1);
  });

  it('takes a pause back within its fade without an anchor', () => {
    const probe = new MachineProbe();
    probe.push(countedSamples(6000));
    probe.render(2);
    probe.machine.pause();
    probe.render(2);
    probe.machine.resume();
    probe.render(10);
    expect(probe.reasons).toEqual(['start']);
    const dip = 1 - 256 / fade;
    expectRamp(gains(probe.output, 512, fade, 512), (i) => dip + ((1 - dip) * (i + 1)) / fade);
    expect(firstDifference(probe.output.subarray(512 + fade), countedSound(14 * 128 - 512 - fade, 512 + fade))).toBe(
      -1,
    );
  });

  it('makes nothing of a pause that is taken back before a quantum', () => {
    const probe = new MachineProbe();
    probe.push(countedSamples(6000));
    probe.render(2);
    probe.machine.pause();
    probe.machine.resume();
    probe.render(2);
    expect(firstDifference(probe.output, countedSound(512))).toBe(-1);
  });

  it('starts held when paused before the start', () => {
    const probe = new MachineProbe();
    probe.machine.pause();
    probe.push(countedSamples(6000));
    probe.render(3);
    probe.machine.resume();
    probe.render(1);
    expect(probe.anchors).toEqual([
      { reason: 'pause', contextFrame: 0, mediaTime: 0, rate: 0 },
      { reason: 'start', contextFrame: 384, mediaTime: 0, rate: 1 },
    ]);
    expect(firstDifference(probe.output.subarray(384), countedSound(128))).toBe(-1);
  });

  it('starts after a pause with the start mark queued, however little that is', () => {
    const probe = new MachineProbe({ startMark: 0.01 });
    probe.machine.pause();
    probe.push(countedSamples(500));
    probe.render(1);
    probe.machine.resume();
    probe.render(1);
    expect(probe.reasons).toEqual(['pause', 'start']);
  });

  it('ends after a resume when it was paused on the last sample', () => {
    const probe = new MachineProbe();
    probe.push(countedSamples(1000));
    probe.machine.end();
    probe.render(6);
    probe.machine.pause();
    probe.render(5);
    expect(probe.anchors.at(-1)).toEqual({ reason: 'pause', contextFrame: 1000, mediaTime: 1000 / 48_000, rate: 0 });
    probe.machine.resume();
    probe.render(1);
    expect(probe.anchors.at(-1)).toMatchObject({ reason: 'end', contextFrame: 11 * 128, mediaTime: 1000 / 48_000 });
    expectRamp(gains(probe.output, 768, 232, 768), (i) => 1 - (i + 1) / 232);
  });

  it('turns a resume that finds nothing queued into an underrun', () => {
    const probe = new MachineProbe();
    probe.push(countedSamples(1200));
    probe.render(3);
    probe.machine.pause();
    probe.render(6);
    probe.machine.resume();
    probe.render(2);
    expect(probe.reasons).toEqual(['start', 'pause', 'underrun']);
    probe.push(countedSamples(2000, 1200));
    probe.render(1);
    expect(probe.anchors.at(-1)).toMatchObject({ reason: 'refill', mediaTime: (384 + fade) / 48_000, rate: 1 });
  });
});

describe('PlaybackMachine: stop', () => {
  it('fades out over 10 ms, reports and returns everything', () => {
    const probe = new MachineProbe();
    for (let i = 0; i < 4; i += 1) probe.push(countedSamples(1000, 1000 * i));
    probe.render(3);
    probe.machine.stop();
    probe.render(4);
    expect(probe.goesOn).toBe(false);
    const end = 384 + fade;
    expect(probe.anchors[1]).toEqual({ reason: 'stop', contextFrame: end, mediaTime: end / 48_000, rate: 0 });
    expectRamp(gains(probe.output, 384, fade, 384), (i) => 1 - (i + 1) / fade);
    expect(probe.output.subarray(end).every((sample) => sample === 0)).toBe(true);
    expect(probe.returned).toEqual(probe.pushed);
  });

  it('stops at once while held, and before the start', () => {
    const held = new MachineProbe();
    held.push(countedSamples(6000));
    held.render(1);
    held.machine.pause();
    held.render(6);
    held.machine.stop();
    held.render(1);
    expect(held.anchors.at(-1)).toEqual({
      reason: 'stop',
      contextFrame: 7 * 128,
      mediaTime: (128 + fade) / 48_000,
      rate: 0,
    });
    const early = new MachineProbe();
    early.push(countedSamples(10));
    early.machine.stop();
    early.render(1);
    expect(early.anchors).toEqual([{ reason: 'stop', contextFrame: 0, mediaTime: 0, rate: 0 }]);
    expect(early.returned).toEqual(early.pushed);
  });

  it('takes over the fade of a pause, and a resume does not undo it', () => {
    const probe = new MachineProbe();
    probe.push(countedSamples(6000));
    probe.machine.pause();
    probe.machine.resume();
    probe.render(2);
    probe.machine.pause();
    probe.render(1);
    probe.machine.stop();
    probe.machine.resume();
    probe.render(3);
    expect(probe.goesOn).toBe(false);
    expect(probe.anchors.at(-1)).toMatchObject({ reason: 'stop', contextFrame: 256 + fade });
  });
});

describe('PlaybackMachine: underrun', () => {
  it('fades out so that the gain reaches 0 with the last sample, holds, refills and fades in', () => {
    const probe = new MachineProbe({ refillMark: 0.05 });
    probe.push(countedSamples(1500));
    probe.render(15);
    probe.push(countedSamples(2399, 1500));
    probe.render(2);
    expect(probe.reasons).toEqual(['start', 'underrun']);
    probe.push(countedSamples(601, 3899));
    probe.render(8);
    expect(probe.anchors.slice(1)).toEqual([
      { reason: 'underrun', contextFrame: 1500, mediaTime: 1500 / 48_000, rate: 0 },
      { reason: 'refill', contextFrame: 17 * 128, mediaTime: 1500 / 48_000, rate: 1 },
    ]);
    const { output } = probe;
    const fadeStart = 1500 - underrunFade;
    expect(firstDifference(output.subarray(0, fadeStart), countedSound(fadeStart))).toBe(-1);
    expectRamp(gains(output, fadeStart, underrunFade, fadeStart), (i) => 1 - (i + 1) / underrunFade);
    expect(output.subarray(1500, 17 * 128).every((sample) => sample === 0)).toBe(true);
    expectRamp(gains(output, 17 * 128, fade, 1500), (i) => (i + 1) / fade);
  });

  it('goes on without a hold when enough comes during the fade', () => {
    const probe = new MachineProbe();
    probe.push(countedSamples(1280));
    probe.render(9);
    expect(gains(probe.output, 9 * 128 - 1, 1, 9 * 128 - 1)[0]).toBeLessThan(0.6);
    probe.push(countedSamples(3000, 1280));
    probe.render(12);
    expect(probe.reasons).toEqual(['start']);
    const full = 9 * 128 + fade;
    expect(firstDifference(probe.output.subarray(full), countedSound(21 * 128 - full, full))).toBe(-1);
  });

  it('holds all the same when what comes during the fade would not last', () => {
    const probe = new MachineProbe({ startMark: 0, refillMark: 0.05 });
    probe.push(countedSamples(1280));
    probe.render(9);
    probe.push(countedSamples(500, 1280));
    probe.render(2);
    expect(probe.anchors.slice(1)).toEqual([
      { reason: 'underrun', contextFrame: 1280, mediaTime: 1280 / 48_000, rate: 0 },
    ]);
    probe.push(countedSamples(1900, 1780));
    probe.render(1);
    expect(probe.anchors.at(-1)).toMatchObject({ reason: 'refill', mediaTime: 1280 / 48_000 });
  });

  it('does not count a pause as a gap in the arrivals', () => {
    const probe = new MachineProbe({ refillMark: 0.05 });
    probe.push(countedSamples(2000));
    probe.render(1);
    probe.machine.pause();
    probe.render(400);
    probe.machine.resume();
    probe.push(countedSamples(100, 2000));
    for (let i = 0; i < 100 && probe.reasons.at(-1) !== 'underrun'; i += 1) probe.render(1);
    probe.push(countedSamples(2400, 2100));
    probe.render(1);
    expect(probe.reasons.at(-1)).toBe('refill');
  });

  it('plays to the end without a hold when the end comes during the fade', () => {
    const probe = new MachineProbe();
    probe.push(countedSamples(1280));
    probe.render(9);
    probe.machine.end();
    probe.render(1);
    expect(probe.anchors.slice(1)).toEqual([{ reason: 'end', contextFrame: 1280, mediaTime: 1280 / 48_000, rate: 0 }]);
  });

  it('ends when it holds on the last sample and the end comes', () => {
    const probe = new MachineProbe();
    probe.push(countedSamples(1280));
    probe.render(12);
    probe.machine.end();
    probe.render(1);
    expect(probe.reasons).toEqual(['start', 'underrun', 'end']);
    expect(probe.anchors.at(-1)).toMatchObject({ contextFrame: 12 * 128, mediaTime: 1280 / 48_000 });
  });

  it('keeps a pause that comes during an underrun, and one during its fade', () => {
    const probe = new MachineProbe();
    probe.push(countedSamples(1280));
    probe.render(9);
    probe.machine.pause();
    probe.render(3);
    expect(probe.anchors.at(-1)).toEqual({ reason: 'pause', contextFrame: 1280, mediaTime: 1280 / 48_000, rate: 0 });
    const starved = new MachineProbe();
    starved.push(countedSamples(1280));
    starved.render(12);
    starved.machine.pause();
    starved.render(1);
    starved.push(countedSamples(3000, 1280));
    starved.render(3);
    expect(starved.reasons).toEqual(['start', 'underrun', 'pause']);
    starved.machine.resume();
    starved.render(1);
    expect(starved.anchors.at(-1)).toMatchObject({ reason: 'resume', mediaTime: 1280 / 48_000, rate: 1 });
  });

  it('asks for twice as much after each underrun', () => {
    const probe = new MachineProbe({ refillMark: 0.05 });
    let sent = 0;
    const push = (frames: number): void => {
      probe.push(countedSamples(frames, sent));
      sent += frames;
    };
    push(2000);
    for (const mark of [2400, 4800, 9600]) {
      // Right up to the hold: a longer wait would be a gap that asks for more.
      for (let i = 0; i < 100 && probe.reasons.at(-1) !== 'underrun'; i += 1) probe.render(1);
      push(mark - 1);
      probe.render(1);
      expect(probe.reasons.at(-1)).toBe('underrun');
      push(1);
      probe.render(1);
      expect(probe.reasons.at(-1)).toBe('refill');
    }
  });

  it('refills when the feeder can send no more buffers', () => {
    const probe = new MachineProbe({ refillMark: 1.5 });
    probe.push(countedSamples(2000));
    probe.render(20);
    expect(probe.reasons.at(-1)).toBe('underrun');
    for (let i = 0; i < maxBuffersInFlight - 1; i += 1) probe.push(countedSamples(1, 2000 + i));
    probe.render(1);
    expect(probe.reasons.at(-1)).toBe('underrun');
    probe.push(countedSamples(1, 2000 + maxBuffersInFlight - 1));
    probe.render(1);
    expect(probe.reasons.at(-1)).toBe('refill');
  });

  it('refills with what there is when nothing more comes for four seconds', () => {
    const probe = new MachineProbe({ refillMark: 2 });
    probe.push(countedSamples(2000));
    probe.render(20);
    probe.push(countedSamples(20_000, 2000));
    probe.render(1499);
    expect(probe.reasons.at(-1)).toBe('underrun');
    probe.render(2);
    expect(probe.reasons.at(-1)).toBe('refill');
  });
});
