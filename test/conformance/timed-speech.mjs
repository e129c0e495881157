import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';

/** One speech out of the SDK's chunks, in saylight's shape: audio, alignment and normalized alignment, each in one piece. */
export function joinSdkChunks(chunks) {
  return {
    audio: Buffer.concat(chunks.map((chunk) => Buffer.from(chunk.audioBase64, 'base64'))),
    alignment: joinAlignments(chunks.map((chunk) => fromSdk(chunk.alignment))),
    normalizedAlignment: joinAlignments(chunks.map((chunk) => fromSdk(chunk.normalizedAlignment))),
  };
}

/** One speech out of saylight's chunks. */
export function joinChunks(chunks) {
  return {
    audio: Buffer.concat(chunks.map((chunk) => chunk.audio)),
    alignment: joinAlignments(chunks.map((chunk) => chunk.alignment)),
    normalizedAlignment: joinAlignments(chunks.map((chunk) => chunk.normalizedAlignment)),
  };
}

/** Everything that a stream gives. */
export async function collect(stream) {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** Fails unless the speech's characters are those of `text` and its times fit 16 bit audio of `sampleRate`. */
export function assertTimed({ audio, alignment, normalizedAlignment }, { text, normalizedText, sampleRate }) {
  assert.equal(alignment.characters.join(''), text);
  assert.equal(normalizedAlignment.characters.join(''), normalizedText);
  const duration = audio.length / 2 / sampleRate;
  for (const { characters, starts, ends } of [alignment, normalizedAlignment]) {
    assert.equal(starts.length, characters.length);
    assert.equal(ends.length, characters.length);
    assert.ok(starts[0] >= 0);
    for (const [index, start] of starts.entries()) {
      assert.ok(ends[index] >= start, `character ${index} ends before it starts`);
      assert.ok(start >= (starts[index - 1] ?? 0), `character ${index} starts before the one before it`);
    }
    const last = ends.at(-1);
    assert.ok(Math.abs(duration - last) < 0.01, `${duration} s of audio, but the last character ends at ${last} s`);
  }
}

function fromSdk(alignment) {
  if (alignment === undefined) return undefined;
  const { characters, characterStartTimesSeconds: starts, characterEndTimesSeconds: ends } = alignment;
  return { characters, starts, ends };
}

function joinAlignments(alignments) {
  const present = alignments.filter((alignment) => alignment !== undefined);
  return {
    characters: present.flatMap((alignment) => alignment.characters),
    starts: present.flatMap((alignment) => alignment.starts),
    ends: present.flatMap((alignment) => alignment.ends),
  };
}
