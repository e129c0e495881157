import {
  processorName,
  type AnchorReason,
  type BufferReturn,
  type FeederMessage,
  type ProcessorCommand,
  type ProcessorOptions,
  type ProcessorReport,
} from './messages.ts';
import { PlaybackMachine, type PlaybackOutlet } from './playback-machine.ts';

/** The frames of a render quantum, where no channel is there to tell. */
const quantum = 128;

/** Joins a playback machine to the ports and the output of an `AudioWorkletNode`. */
class PlaybackProcessor extends AudioWorkletProcessor implements PlaybackOutlet {
  readonly #machine: PlaybackMachine;
  readonly #muted = new Float32Array(quantum);
  readonly #transfer: ArrayBuffer[] = [];
  // One message for all returns: posting copies it.
  readonly #return: { -readonly [key in keyof BufferReturn]: BufferReturn[key] };
  #feeder: MessagePort | undefined;

  constructor(options: { readonly processorOptions: ProcessorOptions }) {
    super();
    this.#return = { type: 'return', buffer: new ArrayBuffer(0) };
    this.#machine = new PlaybackMachine(options.processorOptions, sampleRate, this);
    this.port.onmessage = (event: MessageEvent<ProcessorCommand>) => this.#command(event.data);
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channels = outputs[0];
    // Without a channel to write to the media moves on all the same.
    const first = channels?.[0] ?? this.#muted;
    const goesOn = this.#machine.render(first, currentFrame);
    if (channels !== undefined) {
      for (let i = 1; i < channels.length; i += 1) channels[i]?.set(first);
    }
    if (!goesOn) {
      this.#feeder?.close();
      this.port.close();
    }
    return goesOn;
  }

  anchor(reason: AnchorReason, contextFrame: number, mediaTime: number, rate: number): void {
    this.port.postMessage({ type: 'anchor', reason, contextFrame, mediaTime, rate } satisfies ProcessorReport);
  }

  returnBuffer(buffer: ArrayBuffer): void {
    this.#return.buffer = buffer;
    this.#transfer[0] = buffer;
    this.#feeder?.postMessage(this.#return, this.#transfer);
  }

  #command(command: ProcessorCommand): void {
    if (command.type === 'connect') this.#connect(command.port);
    else this.#machine[command.type]();
  }

  /** The first feeder stays: buffers go back to where they came from. */
  #connect(port: MessagePort): void {
    if (this.#feeder !== undefined) {
      port.close();
      return;
    }
    this.#feeder = port;
    port.onmessage = (event: MessageEvent<FeederMessage | null>) => {
      const message = event.data;
      if (message?.type === 'end') this.#machine.end();
      else if (message?.type === 'audio' && message.buffer instanceof ArrayBuffer) {
        this.#machine.push(message.buffer, message.byteLength);
      }
    };
  }
}

registerProcessor(processorName, PlaybackProcessor);
