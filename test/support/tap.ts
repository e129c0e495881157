/** What a tap has heard. */
interface Recording {
  readonly samples: Float32Array;
  /** The context frame of the first sample. */
  readonly firstFrame: number;
}

/** A node before the destination that keeps every sample which passes. */
export interface Tap {
  readonly node: AudioWorkletNode;
  record(): Promise<Recording>;
}

/** Makes a tap, joined to the destination of `context`. */
export async function createTap(context: AudioContext): Promise<Tap> {
  await context.audioWorklet.addModule(new URL('./tap-processor.js', import.meta.url));
  const node = new AudioWorkletNode(context, 'tap', { outputChannelCount: [1] });
  node.connect(context.destination);
  return {
    node,
    record: () =>
      new Promise((resolve) => {
        node.port.addEventListener('message', ({ data }) => resolve(data as Recording), { once: true });
        node.port.start();
        node.port.postMessage('record');
      }),
  };
}

/** Signed 16-bit little-endian PCM as the floats that Web Audio makes of it. */
export function pcmToFloats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length >> 1 }, (_, index) => view.getInt16(index * 2, true) / 32_768);
}

/** Runs of samples, one behind the other. */
export function joinSamples(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Where `expected` begins in what was heard, by the first sample of either that is not silent. */
export function offsetOf(expected: Float32Array, heard: Float32Array): number {
  return firstSound(heard) - firstSound(expected);
}

/** The frames of `expected`, laid on what was heard from `offset` on, that differ. */
export function differences(expected: Float32Array, heard: Float32Array, offset: number): number[] {
  return [...expected.keys()].filter((index) => heard[offset + index] !== expected[index]);
}

function firstSound(samples: Float32Array): number {
  return samples.findIndex((sample) => sample !== 0);
}
