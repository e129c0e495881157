import { SpeechError } from '../core/speech-error.ts';
import { processorName, type ProcessorCommand, type ProcessorOptions } from '../worklet/messages.ts';
import { loadWorklet } from './load-worklet.ts';

/** Where the sound goes, and where the worklet is. */
export interface AudioOutputOptions {
  readonly destination?: AudioNode | undefined;
  readonly workletUrl?: string | URL | undefined;
}

/** The context and the worklet that a player sounds through; opened with the first sound, kept running while in use. */
export class AudioOutput {
  readonly #destination: AudioNode | undefined;
  readonly #workletUrl: string | URL | undefined;
  readonly #closed: AbortSignal;
  readonly #isInUse: () => boolean;
  #context: AudioContext | undefined;

  /**
   * @param closed - ends its use; the reason is what is thrown then
   * @param isInUse - whether a context that the browser holds is to be woken by the next gesture
   */
  constructor({ destination, workletUrl }: AudioOutputOptions, closed: AbortSignal, isInUse: () => boolean) {
    this.#destination = destination;
    this.#workletUrl = workletUrl;
    this.#closed = closed;
    this.#isInUse = isInUse;
  }

  /** The context, if it is open. */
  get context(): AudioContext | undefined {
    return this.#context;
  }

  /**
   * The context, made and resumed now: browsers want both inside the user's gesture.
   *
   * @throws SpeechError `unsupported` where there is no Web Audio, or the page has closed the context of its destination
   */
  open(): AudioContext {
    this.#closed.throwIfAborted();
    if (!this.#context) this.#watchGestures();
    if (!this.#context || this.#context.state === 'closed') this.#context = this.#make();
    this.#wake();
    return this.#context;
  }

  /** Loads the worklet ahead of its use; throws at once what `open` throws. */
  prepare(): Promise<void> {
    return loadWorklet(this.open(), this.#workletUrl);
  }

  /** A node that plays what comes over `port`, connected. */
  async createNode(options: ProcessorOptions, port: MessagePort): Promise<AudioWorkletNode> {
    const context = this.open();
    await loadWorklet(context, this.#workletUrl);
    const node = makeNode(context, options);
    const command: ProcessorCommand = { type: 'connect', port };
    node.port.postMessage(command, [port]);
    node.connect(this.#destination ?? context.destination);
    return node;
  }

  /** Lets go of the context, unless the page owns it. */
  async close(): Promise<void> {
    if (!this.#destination && this.#context?.state !== 'closed') await this.#context?.close();
  }

  #make(): AudioContext {
    if (typeof AudioContext === 'undefined') {
      throw new SpeechError('unsupported', 'The player needs a page with Web Audio.');
    }
    if (!this.#destination) return new AudioContext({ latencyHint: 'interactive' });
    const context = this.#destination.context as AudioContext;
    if (context.state !== 'closed') return context;
    throw new SpeechError('unsupported', 'The context of `destination` is closed; use another one.');
  }

  /** A gesture, or the return of the page, is what lets a held context go on. */
  #watchGestures(): void {
    const options = { signal: this.#closed, passive: true, capture: true };
    for (const type of ['pointerdown', 'keydown', 'visibilitychange']) {
      document.addEventListener(type, () => this.#isInUse() && this.#wake(), options);
    }
  }

  #wake(): void {
    const { state } = this.#context ?? {};
    // Refused until there is a gesture; the playback shows that as its state.
    if (state !== 'running' && state !== 'closed') this.#context?.resume().catch(() => undefined);
  }
}

function makeNode(context: AudioContext, processorOptions: ProcessorOptions): AudioWorkletNode {
  try {
    return new AudioWorkletNode(context, processorName, {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions,
    });
  } catch (cause) {
    throw new SpeechError(
      'unsupported',
      'The audio thread has no player: `workletUrl` must lead to `saylight/worklet`.',
      {
        cause,
      },
    );
  }
}
