import { SpeechError } from '../core/speech-error.ts';
import type { Anchor, ProcessorCommand } from '../worklet/messages.ts';

/** How long a stopped node may take to fade before it is cut from the graph, in milliseconds. */
const fadeGrace = 250;

/** Whom a link tells. */
export interface ProcessorLinkHost {
  onAnchor(anchor: Anchor): void;
  /** The node could not be made, or its processor has thrown. */
  onFailure(error: unknown): void;
}

/** The way to a processor whose node may still be in the making: commands wait for it. */
export class ProcessorLink {
  readonly #node: Promise<AudioWorkletNode>;
  readonly #silence: Promise<Anchor | undefined>;
  #onSilence: ((anchor?: Anchor) => void) | undefined;

  constructor(node: Promise<AudioWorkletNode>, host: ProcessorLinkHost) {
    this.#node = node;
    this.#silence = new Promise((resolve) => (this.#onSilence = resolve));
    node.then(
      (made) => {
        made.port.onmessage = ({ data }: MessageEvent<Anchor>) => {
          host.onAnchor(data);
          if (/stop|end/.test(data.reason)) this.#onSilence?.(data);
        };
        made.onprocessorerror = () =>
          host.onFailure(new SpeechError('unsupported', 'The audio thread has failed; speak again.'));
      },
      (error: unknown) => host.onFailure(error),
    );
  }

  post(command: ProcessorCommand): void {
    this.#then(({ port }) => port.postMessage(command));
  }

  /**
   * Lets the processor fade out and end. A context that is held renders no fade, so the node is cut off in any case.
   *
   * @returns where it fell silent; `undefined` when it did not say so in time
   */
  release(): Promise<Anchor | undefined> {
    this.post({ type: 'stop' });
    setTimeout(() => {
      this.#onSilence?.();
      this.#then((node) => node.disconnect());
    }, fadeGrace);
    return this.#silence;
  }

  #then(use: (node: AudioWorkletNode) => void): void {
    // A node that could not be made was told once.
    this.#node.then(use, () => undefined);
  }
}
