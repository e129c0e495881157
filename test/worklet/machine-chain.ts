import type { ProcessorOptions } from '../../src/worklet/messages.ts';
import { MachineProbe, quantum } from './machine-probe.ts';

/** Machines of one context, rendered quantum by quantum in the order that a test wants, as long as they go on. */
export class MachineChain {
  readonly probes: MachineProbe[] = [];
  frame = 0;
  readonly #blocks: Float32Array[] = [];

  /** Adds a machine behind the last one, or behind the one given; `after: undefined` for none. */
  add(options: Partial<ProcessorOptions> = {}): MachineProbe {
    const probe = new MachineProbe({ after: this.probes.at(-1)?.id, ...options });
    probe.frame = this.frame;
    this.probes.push(probe);
    return probe;
  }

  /** Renders quanta; `order` gives the machines in the order of their calls, and leaves out those that are cut off. */
  render(quanta: number, order = (probes: readonly MachineProbe[]): readonly MachineProbe[] => probes): void {
    for (let i = 0; i < quanta; i += 1) {
      const mix = new Float32Array(quantum);
      for (const probe of order(this.probes.filter(({ goesOn }) => goesOn))) {
        probe.frame = this.frame;
        probe.render(1);
        for (const [frame, sample] of probe.lastBlock.entries()) {
          if (sample !== 0 && mix[frame] !== 0) throw new Error(`two machines sound in frame ${this.frame + frame}`);
          mix[frame] ||= sample;
        }
      }
      this.#blocks.push(mix);
      this.frame += quantum;
    }
  }

  /** Everything that was heard so far. */
  get output(): Float32Array {
    const output = new Float32Array(this.#blocks.length * quantum);
    for (const [i, block] of this.#blocks.entries()) output.set(block, i * quantum);
    return output;
  }
}
