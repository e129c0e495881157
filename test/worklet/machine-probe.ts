import type { AnchorReason, ProcessorOptions } from '../../src/worklet/messages.ts';
import { PlaybackMachine, type PlaybackOutlet } from '../../src/worklet/playback-machine.ts';

/** An anchor without its message type. */
export interface AnchorRecord {
  readonly reason: AnchorReason;
  readonly contextFrame: number;
  readonly mediaTime: number;
  readonly rate: number;
}

export const quantum = 128;

let lastId = 0;

/** A playback machine rendered quantum by quantum, with everything that came out of it. */
export class MachineProbe implements PlaybackOutlet {
  readonly id: number = (lastId += 1);
  readonly machine: PlaybackMachine;
  readonly anchors: AnchorRecord[] = [];
  readonly returned: ArrayBuffer[] = [];
  readonly pushed: ArrayBuffer[] = [];
  frame = 0;
  goesOn = true;
  readonly #blocks: Float32Array[] = [];

  constructor(options: Partial<ProcessorOptions> = {}, contextRate = 48_000) {
    const defaults = { encoding: 's16le', sampleRate: 48_000, startMark: 0.02, refillMark: 0.02 } as const;
    this.machine = new PlaybackMachine({ ...defaults, id: this.id, ...options }, contextRate, this);
  }

  anchor(reason: AnchorReason, contextFrame: number, mediaTime: number, rate: number): void {
    this.anchors.push({ reason, contextFrame, mediaTime, rate });
  }

  returnBuffer(buffer: ArrayBuffer): void {
    this.returned.push(buffer);
  }

  push(samples: Int16Array): void {
    const { buffer } = samples.slice();
    this.pushed.push(buffer);
    this.machine.push(buffer, buffer.byteLength);
  }

  /** Renders so many quanta, each into a block full of canaries. */
  render(quanta: number): void {
    for (let i = 0; i < quanta; i += 1) {
      const block = new Float32Array(quantum).fill(9);
      this.goesOn = this.machine.render(block, this.frame);
      this.frame += quantum;
      this.#blocks.push(block);
    }
  }

  /** The last quantum rendered. */
  get lastBlock(): Float32Array {
    return this.#blocks.at(-1)!;
  }

  /** Everything rendered so far. */
  get output(): Float32Array {
    const output = new Float32Array(this.#blocks.length * quantum);
    for (const [i, block] of this.#blocks.entries()) output.set(block, i * quantum);
    return output;
  }

  get reasons(): AnchorReason[] {
    return this.anchors.map(({ reason }) => reason);
  }
}

/** Samples that are never near zero and of which no two within 20,000 are the same. */
export function countedSamples(length: number, from = 0): Int16Array<ArrayBuffer> {
  return Int16Array.from({ length }, (_, i) => ((from + i) % 2 ? 1 : -1) * (8000 + (((from + i) * 7919) % 20_000)));
}

/** The same samples as they sound in a context of the same rate. */
export function countedSound(length: number, from = 0): Float32Array {
  return Float32Array.from(countedSamples(length, from), (sample) => sample / 32_768);
}
