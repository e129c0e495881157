const customSection = 0;
const exportSection = 7;
const functionNames = 1;
const functionKind = 0;
const headerLength = 8;

interface Section {
  readonly id: number;
  /** Where the section begins, with its id and length. */
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

/**
 * A copy of a WebAssembly module that also exports the named functions, found by the module's `name` section. Custom sections
 * (names and other debug data) are left out. Throws if the module has no such section or lacks one of the names.
 */
export function exportFunctions(module: Uint8Array, names: readonly string[]): Uint8Array<ArrayBuffer> {
  const sections = readSections(module);
  const indices = readFunctionNames(module, sections);
  const entries = names.flatMap((name) => {
    const index = indices.get(name);
    if (index === undefined) throw new Error(`The WebAssembly module has no function named ${name}.`);
    return [...encodeName(name), functionKind, ...encodeNumber(index)];
  });
  const kept = sections.filter((section) => section.id !== customSection);
  const parts = kept.map((section) => {
    const bytes = module.subarray(section.start, section.end);
    return section.id === exportSection ? appendEntries(module, section, entries, names.length) : bytes;
  });
  return new Uint8Array(Buffer.concat([module.subarray(0, headerLength), ...parts]));
}

class Reader {
  position: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  byte(): number {
    return this.#bytes[this.position++] ?? 0;
  }

  /** An unsigned LEB128 number. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value >>> 0;
    }
  }

  name(): string {
    const length = this.number();
    this.position += length;
    return new TextDecoder().decode(this.#bytes.subarray(this.position - length, this.position));
  }
}

function readSections(module: Uint8Array): Section[] {
  const sections: Section[] = [];
  const reader = new Reader(module, headerLength);
  while (reader.position < module.length) {
    const start = reader.position;
    const id = reader.byte();
    const length = reader.number();
    const body = reader.position;
    reader.position = body + length;
    sections.push({ id, start, body, end: reader.position });
  }
  return sections;
}

function readFunctionNames(module: Uint8Array, sections: readonly Section[]): Map<string, number> {
  const indices = new Map<string, number>();
  for (const section of sections) {
    if (section.id !== customSection) continue;
    const reader = new Reader(module, section.body);
    if (reader.name() !== 'name') continue;
    while (reader.position < section.end) {
      const id = reader.byte();
      const length = reader.number();
      const end = reader.position + length;
      if (id === functionNames) {
        for (let count = reader.number(); count > 0; count--) {
          const index = reader.number();
          indices.set(reader.name(), index);
        }
      }
      reader.position = end;
    }
  }
  return indices;
}

function appendEntries(module: Uint8Array, section: Section, entries: number[], added: number): Uint8Array {
  const reader = new Reader(module, section.body);
  const count = encodeNumber(reader.number() + added);
  const existing = module.subarray(reader.position, section.end);
  const length = encodeNumber(count.length + existing.length + entries.length);
  return Uint8Array.from([exportSection, ...length, ...count, ...existing, ...entries]);
}

function encodeNumber(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const more = rest > 0x7f;
    bytes.push((rest & 0x7f) | (more ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

function encodeName(name: string): number[] {
  const bytes = new TextEncoder().encode(name);
  return [...encodeNumber(bytes.length), ...bytes];
}
