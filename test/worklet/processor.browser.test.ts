import { afterEach, expect, it } from 'vitest';
import {
  maxBuffersInFlight,
  processorName,
  type Anchor,
  type BufferReturn,
  type FeederMessage,
  type ProcessorCommand,
  type ProcessorOptions,
  type SampleEncoding,
} from '../../src/worklet/messages.ts';
import { firstDifference } from './first-difference.ts';
import { countedSamples, countedSound } from './machine-probe.ts';
import { fitSine, quantisedSine } from './sine-fit.ts';

interface RenderOptions extends Partial<ProcessorOptions> {
  readonly contextRate?: number;
  readonly channels?: number;
}

/** The real processor in an offline context, fed over a port as a feeder would. */
class OfflineProcessor {
  readonly context: OfflineAudioContext;
  readonly node: AudioWorkletNode;
  readonly anchors: Anchor[] = [];
  readonly returned: ArrayBuffer[] = [];
  readonly #feeder: MessagePort;
  #onReturn: (() => void) | undefined;

  static async make(frames: number, options: RenderOptions = {}): Promise<OfflineProcessor> {
    const { contextRate = 48_000, channels = 1 } = options;
    const context = new OfflineAudioContext(channels, frames, contextRate);
    await context.audioWorklet.addModule('/src/player/worklet.js');
    return new OfflineProcessor(context, options);
  }

  private constructor(context: OfflineAudioContext, options: RenderOptions) {
    const { encoding = 's16le', sampleRate = 48_000, startMark = 0.02, refillMark = 0.02, channels = 1 } = options;
    const processorOptions: ProcessorOptions = { encoding, sampleRate, startMark, refillMark, id: 1 };
    this.context = context;
    this.node = new AudioWorkletNode(context, processorName, {
      numberOfInputs: 0,
      outputChannelCount: [channels],
      processorOptions,
    });
    this.node.port.onmessage = ({ data }: MessageEvent<Anchor>) => this.anchors.push(data);
    this.node.connect(context.destination);
    const { port1, port2 } = new MessageChannel();
    this.#feeder = port1;
    port1.onmessage = ({ data }: MessageEvent<BufferReturn>) => {
      expect(data.type).toBe('return');
      // The empty buffers of `arrival` are no part of the sound.
      if (data.buffer.byteLength > 0) this.returned.push(data.buffer);
      else this.#onReturn?.();
    };
    this.command({ type: 'connect', port: port2 }, [port2]);
  }

  command(command: ProcessorCommand, transfer: Transferable[] = []): void {
    this.node.port.postMessage(command, transfer);
  }

  feed(message: FeederMessage): void {
    this.#feeder.postMessage(message, message.type === 'audio' ? [message.buffer] : []);
  }

  /** Sends what no feeder should. */
  feedJunk(message: unknown): void {
    this.#feeder.postMessage(message);
  }

  feedSamples(samples: Int16Array<ArrayBuffer>, framesPerBuffer = 1000): void {
    for (let i = 0; i < samples.length; i += framesPerBuffer) {
      const { buffer } = samples.slice(i, i + framesPerBuffer);
      this.feed({ type: 'audio', buffer, byteLength: buffer.byteLength });
    }
  }

  /** Resolves when the audio thread has taken what was sent: an empty buffer comes back at once, behind everything else. */
  async arrival(): Promise<void> {
    for (let i = 0; i < 3; i += 1) {
      await new Promise<void>((resolve) => {
        this.#onReturn = resolve;
        this.feed({ type: 'audio', buffer: new ArrayBuffer(0), byteLength: 0 });
      });
    }
  }

  /** Runs `action` when rendering reaches `frame`, which is the first frame of a quantum, and waits for its messages. */
  at(frame: number, action: () => void): void {
    void this.context.suspend(frame / this.context.sampleRate).then(async () => {
      action();
      await this.arrival();
      await this.context.resume();
    });
  }

  render(): Promise<AudioBuffer> {
    return this.context.startRendering();
  }

  close(): void {
    this.#feeder.close();
  }
}

let open: OfflineProcessor | undefined;

afterEach(() => open?.close());

async function make(frames: number, options: RenderOptions = {}): Promise<OfflineProcessor> {
  open = await OfflineProcessor.make(frames, options);
  return open;
}

/** The anchors so far; those of the last quanta may still be on their way when rendering is over. */
function anchorsOf({ anchors }: OfflineProcessor): unknown[] {
  return anchors.map(({ reason, contextFrame, mediaTime, rate }) => [reason, contextFrame, mediaTime, rate]);
}

it('gives the samples to the bit when the rates are equal, reports start and end, and returns each buffer', async () => {
  const processor = await make(12_800);
  processor.feedSamples(countedSamples(10_000), 777);
  processor.feed({ type: 'end' });
  await processor.arrival();
  const output = (await processor.render()).getChannelData(0);
  const expected = new Float32Array(12_800);
  expected.set(countedSound(10_000));
  expect(firstDifference(output, expected)).toBe(-1);
  await expect
    .poll(() => anchorsOf(processor))
    .toEqual([
      ['start', 0, 0, 1],
      ['end', 10_000, 10_000 / 48_000, 0],
    ]);
  await expect
    .poll(() => processor.returned.map(({ byteLength }) => byteLength))
    .toEqual([...Array.from({ length: 12 }, () => 1554), 2 * (10_000 - 12 * 777)]);
});

it.each([1000, 7000])(
  'gives a sine of %i Hz from 24 kHz at 48 kHz with at least 95 dB to the noise',
  async (frequency) => {
    const processor = await make(48_000, { sampleRate: 24_000 });
    processor.feedSamples(quantisedSine(frequency, 24_000, 24_000), 2400);
    processor.feed({ type: 'end' });
    await processor.arrival();
    const output = (await processor.render()).getChannelData(0);
    const fit = fitSine(output, 1000, 47_000, frequency, 48_000);
    console.log(`24000 → 48000, ${frequency} Hz: ${fit.signalToNoise.toFixed(1)} dB`);
    expect(fit.signalToNoise).toBeGreaterThan(95);
    expect(Math.abs(fit.phase)).toBeLessThan(1e-4);
    await expect
      .poll(() => anchorsOf(processor))
      .toEqual([
        ['start', 0, 0, 1],
        ['end', 48_000, 1, 0],
      ]);
  },
);

it.each([
  [44_100, 8000, 'mulaw'],
  [44_100, 48_000, 's16le'],
  [96_000, 16_000, 's16le'],
  [16_000, 8000, 'alaw'],
] as const)(
  'plays the whole of a stream in a context of %i Hz: %i Hz, %s',
  async (contextRate, sampleRate, encoding) => {
    const frames = 2 * contextRate;
    const processor = await make(frames, { contextRate, sampleRate, encoding });
    const bytes = encoding === 's16le' ? 2 : 1;
    for (let i = 0; i < 10; i += 1) {
      const buffer = new ArrayBuffer((bytes * sampleRate) / 10);
      processor.feed({ type: 'audio', buffer, byteLength: buffer.byteLength });
    }
    processor.feed({ type: 'end' });
    await processor.arrival();
    await processor.render();
    await expect
      .poll(() => anchorsOf(processor))
      .toEqual([
        ['start', 0, 0, 1],
        ['end', contextRate, 1, 0],
      ]);
  },
);

it('copies the one channel to all', async () => {
  const processor = await make(1280, { channels: 3 });
  processor.feedSamples(countedSamples(1280));
  processor.feed({ type: 'end' });
  await processor.arrival();
  const buffer = await processor.render();
  for (let channel = 0; channel < 3; channel += 1) {
    expect(firstDifference(buffer.getChannelData(channel), countedSound(1280))).toBe(-1);
  }
});

it('pauses, holds and resumes without losing a sample', async () => {
  const processor = await make(12_800);
  processor.feedSamples(countedSamples(20_000));
  await processor.arrival();
  processor.at(2560, () => processor.command({ type: 'pause' }));
  processor.at(5120, () => processor.command({ type: 'resume' }));
  const output = (await processor.render()).getChannelData(0);
  const held = 2560 + 480;
  await expect
    .poll(() => anchorsOf(processor))
    .toEqual([
      ['start', 0, 0, 1],
      ['pause', held, held / 48_000, 0],
      ['resume', 5120, held / 48_000, 1],
    ]);
  expect(firstDifference(output.subarray(0, 2560), countedSound(2560))).toBe(-1);
  expect(output.subarray(held, 5120).every((sample) => sample === 0)).toBe(true);
  const full = 5120 + 480;
  expect(firstDifference(output.subarray(full), countedSound(12_800 - full, held + 480))).toBe(-1);
});

it('stops after a fade of 10 ms and gives back what it has not played', async () => {
  const processor = await make(6400);
  processor.feedSamples(countedSamples(20_000));
  await processor.arrival();
  processor.at(2560, () => processor.command({ type: 'stop' }));
  const output = (await processor.render()).getChannelData(0);
  const end = 2560 + 480;
  await expect
    .poll(() => anchorsOf(processor))
    .toEqual([
      ['start', 0, 0, 1],
      ['stop', end, end / 48_000, 0],
    ]);
  await expect.poll(() => processor.returned.length).toBe(20);
  const last = output.findLastIndex((sample) => sample !== 0);
  expect(last).toBe(end - 2);
  expect(Math.abs(output[last]!)).toBeLessThan(2 / 480);
});

it('bridges an underrun: fades out on the last samples, holds, refills, fades in on the next', async () => {
  const processor = await make(12_800, { refillMark: 0.05 });
  processor.feedSamples(countedSamples(4000));
  await processor.arrival();
  processor.at(5120, () => processor.feedSamples(countedSamples(2399, 4000)));
  processor.at(6400, () => processor.feedSamples(countedSamples(6000, 6399)));
  const output = (await processor.render()).getChannelData(0);
  await expect
    .poll(() => anchorsOf(processor))
    .toEqual([
      ['start', 0, 0, 1],
      ['underrun', 4000, 4000 / 48_000, 0],
      ['refill', 6400, 4000 / 48_000, 1],
    ]);
  expect(firstDifference(output.subarray(0, 3760), countedSound(3760))).toBe(-1);
  expect(output.subarray(4000, 6400).every((sample) => sample === 0)).toBe(true);
  expect(firstDifference(output.subarray(6880), countedSound(12_800 - 6880, 4480))).toBe(-1);
});

it('survives feeders that break the contract', async () => {
  const processor = await make(2560);
  let hasFailed = false;
  processor.node.onprocessorerror = () => {
    hasFailed = true;
  };
  const samples = countedSamples(1280);
  const odd = new ArrayBuffer(1001);
  new Uint8Array(odd).set(new Uint8Array(samples.buffer, 0, 1000));
  for (const junk of [
    null,
    'audio',
    { type: 'audio' },
    { type: 'audio', buffer: 'none', byteLength: 4 },
    { type: 'x' },
  ]) {
    processor.feedJunk(junk);
  }
  processor.feed({ type: 'audio', buffer: odd, byteLength: 1001 });
  const { buffer } = samples.slice(500);
  processor.feed({ type: 'audio', buffer, byteLength: 1e9 });
  processor.feed({ type: 'end' });
  await processor.arrival();
  const output = (await processor.render()).getChannelData(0);
  const expected = new Float32Array(2560);
  expected.set(countedSound(1280));
  expect(firstDifference(output, expected)).toBe(-1);
  expect(hasFailed).toBe(false);
});

it('returns a buffer beyond the agreed number at once and plays the others', async () => {
  const processor = await make(5120);
  const samples = countedSamples(maxBuffersInFlight + 1);
  processor.feedSamples(samples, 1);
  await processor.arrival();
  expect(processor.returned).toHaveLength(1);
  processor.feed({ type: 'end' });
  processor.feed({ type: 'audio', buffer: new ArrayBuffer(2), byteLength: 2 });
  await processor.arrival();
  const output = (await processor.render()).getChannelData(0);
  const expected = new Float32Array(5120);
  expected.set(countedSound(maxBuffersInFlight));
  expect(firstDifference(output, expected)).toBe(-1);
  await expect.poll(() => processor.returned.length).toBe(maxBuffersInFlight + 2);
});

it('keeps the first feeder when another one is connected', async () => {
  const processor = await make(1280);
  processor.feedSamples(countedSamples(600));
  await processor.arrival();
  const { port1, port2 } = new MessageChannel();
  processor.command({ type: 'connect', port: port2 }, [port2]);
  port1.postMessage({ type: 'end' } satisfies FeederMessage);
  await processor.arrival();
  processor.feedSamples(countedSamples(680, 600));
  await processor.arrival();
  const output = (await processor.render()).getChannelData(0);
  expect(firstDifference(output.subarray(0, 1040), countedSound(1040))).toBe(-1);
  port1.close();
});

it.each([{ encoding: 'mp3' as SampleEncoding }, { sampleRate: 0 }])(
  'refuses options that cannot be played: %o',
  async (options) => {
    const processor = new Promise<void>((resolve) => {
      void make(1280, options).then(({ node }) => {
        node.onprocessorerror = () => resolve();
      });
    });
    await processor;
  },
);
