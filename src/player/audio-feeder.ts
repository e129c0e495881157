import { abortable, onAbort } from '../core/abortable.ts';
import { createSampleCarry } from '../core/sample-carry.ts';
import { maxBuffersInFlight, type BufferReturn, type FeederMessage } from '../worklet/messages.ts';
import type { SampleFormat } from './sample-format.ts';

/** The seconds of audio that one buffer holds at most. */
const bufferSeconds = 0.1;

/** A part-filled buffer with at least this much audio, in seconds, is sent at once. */
const worthSending = 0.01;

/** How long a smaller part-filled buffer waits for more, in milliseconds. */
const gatherTime = 4;

/** Moves encoded samples to the audio thread. */
export interface AudioFeeder {
  /** The seconds of audio written so far. */
  readonly written: number;
  /** Sends `bytes`, of any length; resolves when there is room for more. A half sample waits for its other half. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Tells the audio thread that nothing follows. A half sample that is left over has no sound and is dropped. */
  end(): void;
}

/**
 * A feeder of the audio thread over a port of its own, at most `bufferAhead` seconds ahead of what was played. Buffers are
 * transferred, come back when they were played, and serve again.
 *
 * @param port - the feeder's end of the channel whose other end the processor got
 * @param bufferAhead - in seconds
 * @param signal - ends everything: the port is closed, a `write` that waits rejects with the signal's reason
 */
export function createAudioFeeder(
  port: MessagePort,
  { sampleRate, bytesPerSample }: Pick<SampleFormat, 'sampleRate' | 'bytesPerSample'>,
  bufferAhead: number,
  signal: AbortSignal,
): AudioFeeder {
  const bytesPerSecond = sampleRate * bytesPerSample;
  const carry = createSampleCarry(bytesPerSample);
  const idle: ArrayBuffer[] = [];
  /** The bytes in each buffer that is with the audio thread; they come back in the order in which they went. */
  const inFlight: number[] = [];
  let bytesInFlight = 0;
  let bytesWritten = 0;
  let buffer: Uint8Array<ArrayBuffer> | undefined;
  let filled = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let madeRoom: (() => void) | undefined;

  function send(): void {
    clearTimeout(timer);
    timer = undefined;
    if (!buffer) return;
    inFlight.push(filled);
    bytesInFlight += filled;
    const message: FeederMessage = { type: 'audio', buffer: buffer.buffer, byteLength: filled };
    port.postMessage(message, [message.buffer]);
    buffer = undefined;
    filled = 0;
  }

  const isFull = (): boolean => bytesInFlight >= bufferAhead * bytesPerSecond || inFlight.length >= maxBuffersInFlight;

  port.onmessage = ({ data }: MessageEvent<BufferReturn>) => {
    bytesInFlight -= inFlight.shift() ?? 0;
    idle.push(data.buffer);
    madeRoom?.();
  };
  onAbort(signal, () => port.close());

  return {
    get written() {
      return bytesWritten / bytesPerSecond;
    },
    async write(bytes) {
      const samples = carry(bytes);
      for (let from = 0; from < samples.length;) {
        while (isFull()) await abortable(signal, new Promise<void>((resolve) => (madeRoom = resolve)));
        buffer ??= new Uint8Array(
          idle.pop() ?? new ArrayBuffer(Math.ceil(sampleRate * bufferSeconds) * bytesPerSample),
        );
        const part = samples.subarray(from, from + buffer.length - filled);
        buffer.set(part, filled);
        filled += part.length;
        from += part.length;
        bytesWritten += part.length;
        if (filled === buffer.length) send();
      }
      if (filled >= worthSending * bytesPerSecond) send();
      else timer ??= setTimeout(send, gatherTime);
    },
    end() {
      send();
      port.postMessage({ type: 'end' } satisfies FeederMessage);
    },
  };
}
