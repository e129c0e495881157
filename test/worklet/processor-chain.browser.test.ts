import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  processorName,
  type Anchor,
  type FeederMessage,
  type ProcessorCommand,
  type ProcessorOptions,
} from '../../src/worklet/messages.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { createTap, differences, offsetOf, type Tap } from '../support/tap.ts';
import { countedSamples, countedSound } from './machine-probe.ts';

let context: AudioContext;
let tap: Tap;
let lastId = 0;

beforeEach(async () => {
  context = new AudioContext({ sampleRate: 48_000 });
  await context.audioWorklet.addModule('/src/player/worklet.js');
  tap = await createTap(context);
});

afterEach(() => context.close());

/** A processor of the context under test, with the feeder's end of its port. */
class LiveProcessor {
  readonly id: number = (lastId += 1);
  readonly node: AudioWorkletNode;
  readonly anchors: Anchor[] = [];
  readonly #feeder: MessagePort;

  constructor(after?: LiveProcessor) {
    const processorOptions: ProcessorOptions = {
      encoding: 's16le',
      sampleRate: 48_000,
      startMark: 0.1,
      refillMark: 0.1,
      id: this.id,
      after: after?.id,
    };
    this.node = new AudioWorkletNode(context, processorName, {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions,
    });
    this.node.port.onmessage = ({ data }: MessageEvent<Anchor>) => this.anchors.push(data);
    const { port1, port2 } = new MessageChannel();
    this.#feeder = port1;
    this.command({ type: 'connect', port: port2 }, [port2]);
  }

  command(command: ProcessorCommand, transfer: Transferable[] = []): void {
    this.node.port.postMessage(command, transfer);
  }

  /** Sends all that is to be played, in pieces. */
  feed(samples: Int16Array<ArrayBuffer>): void {
    for (let sent = 0; sent < samples.length; sent += 777) {
      const { buffer } = samples.slice(sent, sent + 777);
      this.#send({ type: 'audio', buffer, byteLength: buffer.byteLength }, [buffer]);
    }
    this.#send({ type: 'end' });
  }

  reached(reason: Anchor['reason']): Promise<Anchor> {
    return expect
      .poll(() => this.anchors.find((anchor) => anchor.reason === reason), { timeout: 10_000, interval: 5 })
      .toBeDefined()
      .then(() => this.anchors.find((anchor) => anchor.reason === reason)!);
  }

  #send(message: FeederMessage, transfer: Transferable[] = []): void {
    this.#feeder.postMessage(message, transfer);
  }
}

/** A chain of processors joined to the tap, the last one first if wanted, with everything to play: so many samples each. */
async function chainOf(lengths: readonly number[], isReversed = false): Promise<LiveProcessor[]> {
  const chain: LiveProcessor[] = [];
  for (let i = 0; i < lengths.length; i += 1) chain.push(new LiveProcessor(chain.at(-1)));
  for (const { node } of isReversed ? chain.toReversed() : chain) node.connect(tap.node);
  // A node is rendered before it is joined, too: nothing may sound until the graph is as it is meant.
  const joinedAt = context.currentTime;
  await expect.poll(() => context.currentTime, { interval: 5 }).toBeGreaterThan(joinedAt);
  let from = 0;
  for (const [i, length] of lengths.entries()) {
    chain[i]!.feed(countedSamples(length, from));
    from += length;
  }
  return chain;
}

const random = seededRandom(Date.now());
const randomLengths = (count: number): number[] => Array.from({ length: count }, () => random.between(5000, 20_000));

describe('processors in a chain', () => {
  it.each([
    ['two', false, randomLengths(2)],
    ['two, joined to the graph the other way round', true, randomLengths(2)],
    ['three', false, randomLengths(3)],
    ['three, joined to the graph the other way round', true, randomLengths(3)],
    ['three, the one in the middle shorter than a quantum', true, [9990, 7, 9000]],
  ] as const)('give the concatenation of their samples, frame by frame: %s', async (_, isReversed, lengths) => {
    console.log(`lengths ${lengths.join(', ')}`);
    const chain = await chainOf(lengths, isReversed);
    await chain.at(-1)!.reached('end');
    const { samples } = await tap.record();
    const expected = countedSound(lengths.reduce((sum, length) => sum + length, 0));
    const offset = offsetOf(expected, samples);
    expect(differences(expected, samples, offset)).toEqual([]);
    expect(samples.subarray(offset + expected.length).every((sample) => sample === 0)).toBe(true);
    const start = chain[0]!.anchors[0]!.contextFrame;
    let frame = start;
    for (const [i, { anchors }] of chain.entries()) {
      expect(anchors.map(({ reason, contextFrame }) => [reason, contextFrame])).toEqual([
        ['start', frame],
        ['end', frame + lengths[i]!],
      ]);
      frame += lengths[i]!;
    }
  });

  it('go on behind the fade of one that is stopped', async () => {
    const chain = await chainOf([480_000, 5000]);
    const { contextFrame: firstStart } = await chain[0]!.reached('start');
    chain[0]!.command({ type: 'stop' });
    const { contextFrame: start } = await chain[1]!.reached('start');
    const { contextFrame: end } = await chain[0]!.reached('stop');
    expect(start - end).toBeGreaterThanOrEqual(0);
    expect(start - end).toBeLessThan(128);
    await chain[1]!.reached('end');
    const { samples } = await tap.record();
    const offset = offsetOf(countedSound(1), samples) - firstStart;
    expect(differences(countedSound(5000, 480_000), samples, start + offset)).toEqual([]);
  });

  it('go on when one was stopped and cut from the graph while the context was held', async () => {
    const chain = await chainOf([480_000, 5000]);
    await chain[0]!.reached('start');
    await context.suspend();
    chain[0]!.command({ type: 'stop' });
    chain[0]!.node.disconnect();
    await context.resume();
    await chain[1]!.reached('end');
    expect(chain[1]!.anchors.map(({ reason }) => reason)).toEqual(['start', 'end']);
  });

  it('start at once behind one that is over, and behind one that never was', async () => {
    const [first] = await chainOf([5000]);
    await first!.reached('end');
    for (const after of [first!, { id: -1 } as LiveProcessor]) {
      const late = new LiveProcessor(after);
      late.feed(countedSamples(5000));
      late.node.connect(tap.node);
      await late.reached('end');
    }
  });
});
