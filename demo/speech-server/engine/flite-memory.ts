import type { FliteExports, Pointer } from './flite-exports.ts';

/** Reads and writes the engine's memory: strings, pointers and the wave structure. */
export class FliteMemory {
  readonly #flite: FliteExports;
  readonly #names = new Map<string, Pointer>();

  constructor(flite: FliteExports) {
    this.#flite = flite;
  }

  /** A zero-terminated copy of `text`, for the caller to free. */
  allocateString(text: string): Pointer {
    const bytes = new TextEncoder().encode(`${text}\0`);
    const pointer = this.#flite.malloc(bytes.length);
    new Uint8Array(this.#flite.memory.buffer).set(bytes, pointer);
    return pointer;
  }

  /** The name of a feature or relation as a string in the engine's memory, where it stays. */
  name(text: string): Pointer {
    let pointer = this.#names.get(text);
    if (pointer === undefined) {
      pointer = this.allocateString(text);
      this.#names.set(text, pointer);
    }
    return pointer;
  }

  string(pointer: Pointer): string {
    if (pointer === 0) return '';
    const bytes = new Uint8Array(this.#flite.memory.buffer);
    return new TextDecoder().decode(bytes.subarray(pointer, bytes.indexOf(0, pointer)));
  }

  pointerAt(pointer: Pointer): Pointer {
    return new DataView(this.#flite.memory.buffer).getUint32(pointer, true);
  }

  /** A copy of what a `cst_wave` holds: a pointer to its type, then rate, sample count, channels and a pointer to the samples. */
  wave(pointer: Pointer): { sampleRate: number; samples: Int16Array<ArrayBuffer> } {
    const view = new DataView(this.#flite.memory.buffer);
    const sampleRate = view.getInt32(pointer + 4, true);
    const length = view.getInt32(pointer + 8, true);
    const start = view.getUint32(pointer + 16, true);
    return { sampleRate, samples: new Int16Array(this.#flite.memory.buffer.slice(start, start + 2 * length)) };
  }
}
