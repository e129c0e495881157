import { describe, expect, test } from 'vitest';
import type { Alignment } from '../../src/core/alignment.ts';
import type { SpeechChunk } from '../../src/core/speech-chunk.ts';
import { nextOffset, wholeWordsEnd, WordHold } from '../../src/core/word-hold.ts';
import { createWordTimeline, type WordTimeline } from '../../src/core/word-timeline.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { buildAlignment, sliceAlignment, speak, type Spoken } from './alignment-cases/build-alignment.ts';

const bytesPerSecond = 32_000;

function newHold(start = 0): WordHold {
  return new WordHold({ start, bytesPerSecond, bytesPerSample: 2 });
}

function chunk(seconds: number, alignment?: Alignment, normalizedAlignment?: Alignment): SpeechChunk {
  return { audio: new Uint8Array(Math.round(seconds * 16_000) * 2), alignment, normalizedAlignment };
}

/** The timeline of a text of which some was spoken. */
function timelineOf(text: string, ...spoken: readonly Spoken[]): WordTimeline {
  const timeline = createWordTimeline({ text });
  for (const stretch of spoken) timeline.append(buildAlignment(stretch));
  return timeline;
}

describe('speech that is held', () => {
  test('is released up to a border, in whole samples, and the rest later', () => {
    const hold = newHold();
    hold.push(chunk(1, speak('abcdefghij'), speak('ABCDEFGHIJ')));
    expect(hold).toMatchObject({ releasedTo: 0, heldTo: 1 });
    const first = hold.release(0.30003)!;
    expect(first.audio.length).toBe(9600);
    expect(first.alignment?.characters.join('')).toBe('abcd');
    expect(first.normalizedAlignment?.characters.join('')).toBe('ABCD');
    expect(hold).toMatchObject({ releasedTo: 0.3, heldTo: 1 });
    const second = hold.release(Infinity)!;
    expect(second.audio.length).toBe(22_400);
    expect(second.alignment?.characters.join('')).toBe('efghij');
    expect(second.normalizedAlignment?.characters.join('')).toBe('EFGHIJ');
    expect(hold).toMatchObject({ releasedTo: 1, heldTo: 1 });
    expect(hold.release(Infinity)).toBeUndefined();
  });

  test('counts from where it begins', () => {
    const hold = newHold(5);
    hold.push(chunk(1, speak('ab', 5, 0.5)));
    expect(hold.heldTo).toBe(6);
    expect(hold.release(4)).toBeUndefined();
    expect(hold.release(5.5)).toMatchObject({ alignment: { characters: ['a'], starts: [5] } });
    expect(hold.releasedTo).toBe(5.5);
  });

  test('keeps the timing of what has not come', () => {
    const hold = newHold();
    hold.push(chunk(0.25, speak('abcdefghij')));
    const first = hold.release(hold.heldTo)!;
    expect(first.audio.length).toBe(8000);
    expect(first.alignment?.characters.join('')).toBe('abc');
    expect(hold.release(hold.heldTo)).toBeUndefined();
    hold.push(chunk(0.25));
    expect(hold.release(hold.heldTo)?.alignment?.characters.join('')).toBe('de');
  });

  test('gives timing without audio, and audio without timing', () => {
    const hold = newHold();
    hold.push(chunk(0, speak('ab')));
    expect(hold.release(Infinity)).toMatchObject({ audio: new Uint8Array(0), alignment: { characters: ['a', 'b'] } });
    hold.push(chunk(0.001));
    expect(hold.release(Infinity)).toEqual({ ...chunk(0.001), alignment: undefined, normalizedAlignment: undefined });
  });

  test('is neither lost nor doubled, however it comes and wherever it is released', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { between, next } = seededRandom(seed);
      const times = Array.from({ length: between(1, 60) }, () => [0, 0.02, 0.1, 0.5][between(0, 3)]!);
      let end = 0;
      const whole = buildAlignment(
        ...times.map((length): Spoken => [String.fromCodePoint(97 + between(0, 25)), end, (end += length)]),
      );
      const audio = Uint8Array.from({ length: Math.ceil(end * 16_000) * 2 }, () => between(0, 255));
      const hold = newHold();
      const released: SpeechChunk[] = [];
      let character = 0;
      let byte = 0;
      while (character < times.length || byte < audio.length) {
        const characters = between(0, 9);
        const bytes = between(0, 12_000) * 2;
        hold.push({
          audio: audio.slice(byte, byte + bytes),
          alignment: characters ? sliceAlignment(whole, character, character + characters) : undefined,
          normalizedAlignment: undefined,
        });
        character += characters;
        byte += bytes;
        const before = hold.releasedTo;
        const border = [hold.heldTo, next() * end, whole.starts[between(0, times.length - 1)]!][between(0, 2)]!;
        const part = hold.release(border);
        if (part) released.push(part);
        expect(part?.audio.length ?? 0).toSatisfy((length: number) => length % 2 === 0);
        expect(hold.releasedTo).toBeGreaterThanOrEqual(before);
        expect(hold.releasedTo).toBeLessThanOrEqual(Math.max(before, border) + 1e-6);
      }
      const last = hold.release(Infinity);
      if (last) released.push(last);
      expect(Buffer.concat(released.map((part) => part.audio)).equals(audio)).toBe(true);
      const alignments = released.map(({ alignment }) => alignment);
      expect(alignments.flatMap((part) => part?.characters ?? [])).toEqual(whole.characters);
      expect(alignments.flatMap((part) => part?.starts ?? [])).toEqual(whole.starts);
      expect(alignments.flatMap((part) => part?.ends ?? [])).toEqual(whole.ends);
    }
  });
});

describe('the end of the whole words', () => {
  test('is the end of the audio while no word is in it', () => {
    expect(wholeWordsEnd(timelineOf('Hello'), 0.7)).toBe(0.7);
    expect(wholeWordsEnd(timelineOf('"Hello"', ['"Hello', 0.9, 1.5]), 0.7)).toBe(0.7);
  });

  test('is the end of the audio behind a whole word, be its end rounded up', () => {
    const timeline = timelineOf('Hello you', ['Hello', 0, 0.5], [' ', 0.5, 0.7]);
    expect(wholeWordsEnd(timeline, 0.7)).toBe(0.7);
    expect(wholeWordsEnd(timeline, 0.4995)).toBe(0.4995);
  });

  test('is the start of a word whose audio has not come whole', () => {
    const timeline = timelineOf('Hello you', ['Hello ', 0, 0.6], ['you', 0.6, 0.9]);
    expect(wholeWordsEnd(timeline, 0.8)).toBeCloseTo(0.6);
    expect(wholeWordsEnd(timeline, 0.4)).toBe(0);
    expect(wholeWordsEnd(timeline, 0.9)).toBe(0.9);
  });

  test('is the start of a word that is split over messages', () => {
    const timeline = timelineOf('go to sleep now', ['go to ', 0, 0.6], ['sl', 0.6, 0.8]);
    expect(wholeWordsEnd(timeline, 0.8)).toBeCloseTo(0.6);
    timeline.append(speak('eep', 0.8));
    expect(wholeWordsEnd(timeline, 1.1)).toBe(1.1);
  });

  test('waits no more than two seconds for a word', () => {
    const timeline = timelineOf('one endless', ['one ', 0, 0.4], ['end', 0.4, 0.7]);
    expect(wholeWordsEnd(timeline, 2.4)).toBeCloseTo(0.4);
    expect(wholeWordsEnd(timeline, 2.5)).toBe(2.5);
  });
});

describe('where the text goes on', () => {
  test.each<[text: string, spoken: readonly Spoken[], end: number, rest: string]>([
    ['Hello you', [], 0.7, 'Hello you'],
    ['Hello you', [['Hello ', 0, 0.6]], 0.6, 'you'],
    ['Hello you', [['Hello you', 0, 0.9]], 0.6, 'you'],
    // The wire may round the start of a word to before the end of the audio that came without it.
    ['Hello you', [['Hello you', 0, 0.9]], 0.601, 'you'],
    ['Hello you', [['Hello you', 0, 0.9]], 0.9, ''],
    ['Hello, you', [['Hello,', 0, 0.6]], 0.6, 'you'],
    ['He said, “yes” to', [['He said, “yes', 0, 1.3]], 0.9, '“yes” to'],
    ['He said, "yes" to', [['He said,', 0, 0.8]], 0.8, '"yes" to'],
    ['He said "yes" to', [['He said "yes"', 0, 1.3]], 1.3, 'to'],
    ['It costs ($5) now', [['It costs', 0, 0.8]], 0.8, '($5) now'],
    ['It costs $5 now', [['It costs $5', 0, 1.1]], 0.9, '$5 now'],
    ['a word—next', [['a word—', 0, 0.7]], 0.7, 'next'],
    ['a word—next', [['a word—next', 0, 1.1]], 0.7, 'next'],
    ['a word—“next”', [['a word—', 0, 0.7]], 0.7, '“next”'],
    ['a word — next', [['a word — next', 0, 1.3]], 0.9, 'next'],
    ['2 + 2 is', [['2 + 2', 0, 0.5]], 0.4, '2 is'],
    ['one. Two', [['one.', 0, 0.4]], 0.4, 'Two'],
    ['one.\n\n- Two', [['one.', 0, 0.4]], 0.4, '- Two'],
    ['one!', [['one', 0, 0.3]], 0.3, ''],
    ['one <break time="1s" /> two', [['one ', 0, 0.4]], 0.4, '<break time="1s" /> two'],
    [
      'one <break time="1s" /> two three four',
      [
        ['one ', 0, 0.4],
        ['two three four', 1.4, 2.8],
      ],
      1.4,
      'two three four',
    ],
    ['今天天气很好', [['今天', 0, 0.4]], 0.4, '天气很好'],
    ['今天，天气很好', [['今天', 0, 0.4]], 0.4, '天气很好'],
    ['今天「天气」很好', [['今天', 0, 0.4]], 0.4, '「天气」很好'],
    ['今天「天气」很好', [['今天「天气', 0, 0.5]], 0.25, '「天气」很好'],
    ['今天「天气」很好', [['今天「天气', 0, 0.5]], 0.5, '很好'],
  ])('in %j after %j, heard up to %d s, is %j', (text, spoken, end, rest) => {
    const timeline = createWordTimeline({ text, locale: /\p{Lo}/u.test(text) ? 'zh' : 'en' });
    for (const stretch of spoken) timeline.append(buildAlignment(stretch));
    expect(text.slice(nextOffset(timeline, end))).toBe(rest);
  });

  test('is the start of a word whose time has no length, if the one before it was heard', () => {
    const timeline = timelineOf('one two three', ['one ', 0, 0.4], ['two ', 0.4, 0.4], ['three', 0.4, 0.9]);
    expect(timeline.text.slice(nextOffset(timeline, 0.4))).toBe('two three');
  });

  test('never leaves a letter out, wherever the speech stops', () => {
    const text = 'He said: “I don’t—no, can’t—pay $3.50 (or 今天天气很好 สวัสดีชาวโลก) for 10% of it…” — then left.';
    const alignment = speak(text);
    for (let count = 0; count <= alignment.characters.length; count += 1) {
      const timeline = createWordTimeline({ text });
      timeline.append(sliceAlignment(alignment, 0, count));
      const end = alignment.ends[count - 1] ?? 0;
      const border = wholeWordsEnd(timeline, end);
      const heard = timeline.words.filter(({ start }) => start < border - 1e-6);
      const skipped = text.slice(heard.at(-1)?.textEnd ?? 0, nextOffset(timeline, border));
      expect(skipped).not.toMatch(/[\p{L}\p{N}$]/u);
    }
  });
});
