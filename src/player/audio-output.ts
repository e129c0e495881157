import { SpeechError } from '../core/speech-error.ts';
import { processorName, type ProcessorCommand, type ProcessorOptions } from '../worklet/messages.ts';
import { loadWorklet } from './load-worklet.ts';

/** The context and the worklet that a player sounds through; opened with the first sound, kept running while in use. */
export class AudioOutput {
  readonly #destination: AudioNode | undefined;
  readonly #workletUrl: string | URL | undefined;
  readonly #closed = new AbortController();
  #context: AudioContext | undefined;

  constructor(destination: AudioNode | undefined, workletUrl: string | URL | undefined) {
    this.#destination = destination;
    this.#workletUrl = workletUrl;
  }

  /** The context, if it is open. */
  get context(): AudioContext | undefined {
    return this.#context;
  }

  /**
   * The context, made and resumed now: browsers want both inside the user's gesture.
   *
   * @throws SpeechError `unsupported` where there is no Web Audio
   */
  open(): AudioContext {
    this.#closed.signal.throwIfAborted();
    this.#context ??= this.#make();
    if (this.#context.state !== 'running') this.#wake();
    return this.#context;
  }

  /** Loads the worklet ahead of its use. */
  async prepare(): Promise<void> {
    await loadWorklet(this.open(), this.#workletUrl);
  }

  /** A node that plays what comes over `port`, connected. */
  async createNode(options: ProcessorOptions, port: MessagePort): Promise<AudioWorkletNode> {
    const context = this.open();
    await loadWorklet(context, this.#workletUrl);
    const node = new AudioWorkletNode(context, processorName, {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions: options,
    });
    const command: ProcessorCommand = { type: 'connect', port };
    node.port.postMessage(command, [port]);
    node.connect(this.#destination ?? context.destination);
    return node;
  }

  /** Lets go of the context, unless the page owns it. */
  async close(): Promise<void> {
    this.#closed.abort(new TypeError('The player is closed; make another one.'));
    if (this.#destination === undefined) await this.#context?.close();
  }

  #make(): AudioContext {
    const given = this.#destination?.context;
    if (given === undefined && typeof AudioContext === 'undefined') {
      throw new SpeechError('unsupported', 'The player needs Web Audio; this is no page that has it.');
    }
    const context = (given as AudioContext | undefined) ?? new AudioContext({ latencyHint: 'interactive' });
    // A gesture, or the return of the page, is what lets a held context go on.
    const options = { signal: this.#closed.signal, passive: true, capture: true };
    for (const type of ['pointerdown', 'keydown', 'visibilitychange']) {
      document.addEventListener(type, () => this.#wake(), options);
    }
    return context;
  }

  #wake(): void {
    const context = this.#context;
    if (context === undefined || context.state === 'running' || context.state === 'closed') return;
    // Refused until there is a gesture; the playback shows that as its state.
    context.resume().catch(() => undefined);
  }
}
