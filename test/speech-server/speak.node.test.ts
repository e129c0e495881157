import { beforeAll, describe, expect, test } from 'vitest';
import { loadFlite } from '../../demo/speech-server/engine/load-flite.ts';
import { foldText, hasSpeech } from '../../demo/speech-server/text/fold-text.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { randomText } from './support/random-text.ts';
import type { WholeSpeech } from './support/speak-whole.ts';
import { levelOf, speakWhole } from './support/speak-whole.ts';

const paragraph =
  'The old lighthouse stood at the edge of the cliff, and every evening, as the sun went down, its keeper climbed the ' +
  'stairs. "Nobody comes here anymore," he said; still, he lit the lamp. Why? Because somewhere out there, beyond the ' +
  'rocks, a ship might be looking for home. Dr. Smith paid $5.50 at 3:30 — a well-known price.';

let engine: WebAssembly.Module;
beforeAll(async () => {
  engine = await loadFlite();
});

function expectWellFormed(text: string, speech: WholeSpeech): void {
  const { alignment, normalizedAlignment, duration } = speech;
  expect(alignment.characters, text).toEqual(Array.from(text));
  for (const { characters, starts, ends } of [alignment, normalizedAlignment]) {
    expect(starts.length, text).toBe(characters.length);
    expect(starts[0], text).toBe(0);
    expect(ends.slice(0, -1), text).toEqual(starts.slice(1));
    expect(
      starts.every((start, index) => start <= ends[index]!),
      text,
    ).toBe(true);
    expect(ends.at(-1), text).toBe(Math.floor(duration * 1000 + 1e-6) / 1000);
    expect(
      starts.every((start) => Number(start.toFixed(3)) === start),
      text,
    ).toBe(true);
  }
  expect(normalizedAlignment.characters[0], text).toBe(' ');
}

function median(values: readonly number[]): number {
  return values.toSorted((first, second) => first - second)[Math.floor(values.length / 2)]!;
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Where the spaces and marks that stand together last for 50 ms or more. */
function pausesOf({ alignment }: WholeSpeech): Stretch[] {
  const { characters, starts, ends } = alignment;
  const pauses: Stretch[] = [];
  for (const match of characters.join('').matchAll(/[\s.,;?"—]+(?!\d)/g)) {
    const start = starts[match.index]!;
    const end = ends[match.index + match[0].length - 1]!;
    if (end - start >= 0.05) pauses.push({ start, end });
  }
  return pauses;
}

/** Where vowel letters last for 50 ms or more. */
function vowelsOf({ alignment }: WholeSpeech): Stretch[] {
  const stretches = alignment.characters.map((_, index) => ({
    start: alignment.starts[index]!,
    end: alignment.ends[index]!,
  }));
  return stretches.filter(
    ({ start, end }, index) => /[aeiou]/i.test(alignment.characters[index]!) && end - start >= 0.05,
  );
}

describe('the alignment against the audio', () => {
  test.each(['kal16', 'rms', 'slt', 'awb'] as const)('of %s has silence at pauses and sound at vowels', (voice) => {
    const speech = speakWhole(engine, paragraph, voice);
    expectWellFormed(paragraph, speech);
    // The last sound before a pause rings on into it.
    const fade = 0.045;
    const pauses = pausesOf(speech).map(({ start, end }) => levelOf(speech, start + fade, end));
    const vowels = vowelsOf(speech).map(({ start, end }) => levelOf(speech, start, end));
    expect(pauses.length).toBeGreaterThan(12);
    expect(vowels.length).toBeGreaterThan(40);
    expect(Math.max(...pauses)).toBeLessThan(-45);
    expect(median(vowels)).toBeGreaterThan(-30);
    expect(median(vowels) - median(pauses)).toBeGreaterThan(20);
  });

  test('puts the words of a slower speech later, and its sound with them', () => {
    const text = 'She bought two red apples, then walked home.';
    const startOf = (speed: number): { start: number; duration: number } => {
      const speech = speakWhole(engine, text, 'rms', speed);
      return { start: speech.alignment.starts[text.indexOf('then')]!, duration: speech.duration };
    };
    const slow = startOf(0.7);
    const plain = startOf(1);
    const fast = startOf(1.2);
    expect(slow.start / plain.start).toBeCloseTo(1 / 0.7, 1);
    expect(fast.start / plain.start).toBeCloseTo(1 / 1.2, 1);
    expect(slow.duration / fast.duration).toBeCloseTo(1.2 / 0.7, 1);
  });
});

test('300 random texts give an alignment that rejoins to the text, without gaps, within the audio', () => {
  const { next: random } = seededRandom(20_261_121);
  let spoken = 0;
  for (let count = 0; count < 300; count++) {
    const text = randomText(random);
    const speech = speakWhole(engine, text);
    if (!hasSpeech(foldText(Array.from(text)).ascii)) {
      expect(speech.samples.length, text).toBe(0);
      continue;
    }
    spoken++;
    expect(speech.samples.length, text).toBeGreaterThan(0);
    expectWellFormed(text, speech);
  }
  expect(spoken).toBeGreaterThan(200);
}, 60_000);

test.each(['日本語', 'مرحبا', '👋👨‍👩‍👧', '… !?', '   ', '\ud83d'])('%j gives no speech at all', (text) => {
  expect(speakWhole(engine, text).samples.length).toBe(0);
});

test.each(['rms', 'kal16'] as const)(
  'the same order gives the same bytes, whatever was spoken before (%s)',
  (voice) => {
    const first = speakWhole(engine, 'Shall we begin? Yes.', voice);
    speakWhole(engine, 'Something else.', voice);
    const second = speakWhole(engine, 'Shall we begin? Yes.', voice);
    expect(Buffer.compare(Buffer.from(second.samples.buffer), Buffer.from(first.samples.buffer))).toBe(0);
    expect(second.alignment).toEqual(first.alignment);
  },
);

test('the normalized text spells out what is spoken and keeps what is spelt as it sounds', () => {
  const { normalizedAlignment } = speakWhole(engine, 'Dr. Smith’s well-known café (IBM) paid $5.50, €7 & 3:30!');
  expect(normalizedAlignment.characters.join('')).toBe(
    " doctor Smith's well-known cafe (IBM) paid five dollars fifty cents, seven euros and three thirty!",
  );
});

test('a long text without any mark is spoken in pieces', () => {
  const text = 'word '.repeat(400);
  expectWellFormed(text, speakWhole(engine, text));
  const glued = 'a'.repeat(1000);
  expectWellFormed(glued, speakWhole(engine, glued));
});
