import { describe, expect, test } from 'vitest';
import type { Alignment } from '../../src/core/alignment.ts';
import { parseAlignment } from '../../src/core/parse-alignment.ts';
import { TimeBases, type TimeBase } from '../../src/core/time-base.ts';
import { seededRandom, type SeededRandom } from '../support/seeded-random.ts';
import { sliceAlignment } from './alignment-cases/build-alignment.ts';
import { expectSameWords } from './alignment-cases/expect-same-words.ts';
import * as recorded from './alignment-cases/recorded.ts';
import { hear, type SocketMessage } from './alignment-cases/socket-speech.ts';

const bothBases = ['chunk', 'speech'] as const;
const vocabulary = [
  'the',
  'a',
  'ring',
  'ring',
  'ring ring',
  "I'm",
  'cafés',
  '$5',
  '29.83',
  'C++',
  '吾輩は猫',
  '👍🏽',
  '--',
  'no!',
  'Hola,',
];

/** A text with repeated words and its timing. */
function randomSpeech(random: SeededRandom): { text: string; alignment: Alignment } {
  const { between } = random;
  const words = Array.from({ length: between(3, 40) }, () => vocabulary[between(0, vocabulary.length - 1)]!);
  const text = words.join([' ', ' ', '\n    ', ', '][between(0, 3)]);
  return { text, alignment: timeLikeTheService(text, random) };
}

/** Contiguous times on the grid of the service; white space after white space takes none. */
function timeLikeTheService(text: string, { next }: SeededRandom): Alignment {
  const characters = Array.from(text);
  let frames = 0;
  const edges = characters.map((character, index) => {
    const isSilent = /\s/u.test(character) && /\s/u.test(characters[index - 1] ?? '');
    return [frames, (frames += isSilent ? 0 : 2 + Math.floor(next() * 20))].map((edge) => (edge * 256) / 22_050);
  });
  return { characters, starts: edges.map(([from]) => from!), ends: edges.map(([, to]) => to!) };
}

const recordings = [
  parseAlignment(recorded.greetingWire)!,
  parseAlignment(recorded.greetingNormalizedWire)!,
  recorded.question,
  recorded.testSentence,
  recorded.transcript,
  recorded.paused,
  recorded.dash,
  recorded.indented,
].map((alignment) => ({ text: alignment.characters.join(''), alignment }));

const rounded = (time: number): number => Math.round(time * 1000) / 1000;
const floored = (time: number): number => Math.floor(time * 1000 + 1e-6) / 1000;

interface Splitting {
  readonly base: TimeBase;
  /** The entries of the longest message. */
  readonly longest: number;
  /** By how much audio may come sooner or later than its timing, in seconds. */
  readonly shift: number;
  /** Whether a message without timing may bring audio whose timing is yet to come. */
  readonly early?: boolean;
  /** How a time goes over the wire. */
  readonly encode?: (time: number) => number;
}

/**
 * The messages of a speech that is cut anywhere, messages without timing in between. All of its audio comes, but some of it in
 * the message before or after its own; what came by a message without timing is no more than was timed.
 */
function split(alignment: Alignment, { next, between }: SeededRandom, options: Splitting): SocketMessage[] {
  const { base, longest, shift, early = false, encode = (time) => time } = options;
  const count = alignment.characters.length;
  const duration = alignment.ends.at(-1)!;
  const messages: SocketMessage[] = [];
  let audioEnd = 0;
  for (let first = 0; first < count;) {
    const isNull = next() < 0.2;
    const last = isNull ? first : Math.min(first + between(1, longest), count);
    const from = alignment.starts[first]!;
    const timed = last < count ? alignment.starts[last]! : duration;
    const latest = isNull && !early ? timed : Math.min(timed + next() * shift, duration);
    const reached = last === count ? duration : Math.max(audioEnd, latest - next() * shift);
    const audio = reached - audioEnd;
    audioEnd = reached;
    const zero = base === 'chunk' ? from : 0;
    const { characters, starts, ends } = sliceAlignment(alignment, first, last);
    const encodeAll = (times: readonly number[]): number[] => times.map((time) => encode(time - zero));
    messages.push({
      audio,
      alignment: isNull ? undefined : { characters, starts: encodeAll(starts), ends: encodeAll(ends) },
    });
    first = last;
  }
  return messages;
}

describe.each(bothBases)('case 62: however a speech is cut, on times of the %s', (base) => {
  const seeds = Array.from({ length: 60 }, (_, seed) => seed);

  test.each(seeds)('its words are the same to 2 ms, seed %i', (seed) => {
    const random = seededRandom(seed);
    const { text, alignment } = recordings[seed] ?? randomSpeech(random);
    // A text that repeats itself in the very same times can't be told from one that restarts, unless the text is known.
    const isKnownOnly = alignment === recorded.paused || alignment === recorded.indented;
    for (const sent of isKnownOnly ? [text] : [text, undefined]) {
      const whole = hear([{ audio: alignment.ends.at(-1)!, alignment }], { text: sent }).timeline.words;
      for (const longest of [1, 4, 30, 200]) {
        for (const shift of [0, 0.05, 0.5]) {
          const { timeline, warnings } = hear(split(alignment, random, { base, longest, shift }), { text: sent });
          expectSameWords(timeline.words, whole, 0.002);
          expect(timeline.text).toBe(text);
          expect(warnings).toEqual([]);
        }
      }
    }
  });

  test.each(seeds)(
    'whole milliseconds cost at most 2 ms, while the audio of each message is its own, seed %i',
    (seed) => {
      const random = seededRandom(seed);
      const { text, alignment } = randomSpeech(random);
      const whole = hear([{ audio: alignment.ends.at(-1)!, alignment }], { text }).timeline.words;
      for (const encode of [rounded, floored]) {
        for (const longest of [1, 4, 30]) {
          const { timeline } = hear(split(alignment, random, { base, longest, shift: 0, encode }), { text });
          expectSameWords(timeline.words, whole, 0.002);
        }
      }
    },
  );

  test.each(seeds)('whole milliseconds cost at most one a message, when it is not, seed %i', (seed) => {
    const random = seededRandom(seed);
    const { text, alignment } = randomSpeech(random);
    const whole = hear([{ audio: alignment.ends.at(-1)!, alignment }], { text }).timeline.words;
    for (const encode of [rounded, floored]) {
      for (const longest of [1, 4, 30]) {
        const messages = split(alignment, random, { base, longest, shift: 0.3, encode });
        const count = base === 'chunk' ? messages.length : 1;
        expectSameWords(hear(messages, { text }).timeline.words, whole, 0.002 + count * 0.001);
      }
    }
  });

  test.each(seeds)('audio that comes early, without timing, makes words late by no more than that, seed %i', (seed) => {
    const random = seededRandom(seed);
    const { text, alignment } = randomSpeech(random);
    const whole = hear([{ audio: alignment.ends.at(-1)!, alignment }], { text }).timeline.words;
    for (const longest of [4, 30]) {
      const messages = split(alignment, random, { base, longest, shift: 0.3, early: true });
      expectSameWords(hear(messages, { text }).timeline.words, whole, 0.302);
    }
  });

  test.each(seeds)('its words are the same to 2 ms when its sentences restart, seed %i', (seed) => {
    const random = seededRandom(seed);
    const words = Array.from(
      { length: random.between(4, 30) },
      (_, index) => `${vocabulary[index % vocabulary.length]}${index}`,
    );
    const text = words.join(' ');
    const alignment = timeLikeTheService(text, random);
    const whole = hear([{ audio: alignment.ends.at(-1)!, alignment }], { text }).timeline.words;
    const messages = split(alignment, random, { base, longest: 40, shift: 0 }).flatMap((message) =>
      partsOf(message, random).concat(message),
    );
    const bases = new TimeBases();
    expectSameWords(hear(messages, { text, bases }).timeline.words, whole, 0.002);
    expect(bases.baseOf('alignment') ?? base).toBe(base);
  });
});

/** Beginnings of a message, each with more letters than the one before it, fewer than the message, and no audio. */
function partsOf({ alignment }: SocketMessage, { next, between }: SeededRandom): SocketMessage[] {
  if (!alignment || next() < 0.3) return [];
  const letters = [...alignment.characters.keys()].filter((index) =>
    /[\p{L}\p{N}]/u.test(alignment.characters[index]!),
  );
  if (letters.length < 2) return [];
  const chosen = Array.from({ length: between(1, 2) }, () => letters[between(0, letters.length - 2)]!);
  const lastOnes = [...new Set(chosen)].toSorted((a, b) => a - b);
  return lastOnes.map((index) => ({ audio: 0, alignment: sliceAlignment(alignment, 0, index + 1) }));
}
