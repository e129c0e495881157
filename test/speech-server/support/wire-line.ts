export interface WireAlignment {
  readonly characters: string[];
  readonly character_start_times_seconds: number[];
  readonly character_end_times_seconds: number[];
}

export interface WireLine {
  readonly audio_base64: string;
  readonly alignment: WireAlignment | null;
  readonly normalized_alignment: WireAlignment | null;
}

/** The objects of a body of JSON lines. */
export function parseLines(body: string): WireLine[] {
  return body
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as WireLine);
}

export function joinAlignments(alignments: readonly (WireAlignment | null)[]): WireAlignment {
  return {
    characters: alignments.flatMap((alignment) => alignment?.characters ?? []),
    character_start_times_seconds: alignments.flatMap((alignment) => alignment?.character_start_times_seconds ?? []),
    character_end_times_seconds: alignments.flatMap((alignment) => alignment?.character_end_times_seconds ?? []),
  };
}

export function joinAudio(lines: readonly WireLine[]): Buffer {
  return Buffer.concat(lines.map((line) => Buffer.from(line.audio_base64, 'base64')));
}
