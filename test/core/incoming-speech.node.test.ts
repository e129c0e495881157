import { describe, expect, test } from 'vitest';
import type { Alignment } from '../../src/core/alignment.ts';
import { IncomingSpeech, type IncomingSpeechOptions } from '../../src/core/incoming-speech.ts';
import type { SpeechChunk } from '../../src/core/speech-chunk.ts';
import type { AlignmentField } from '../../src/core/time-base.ts';
import { bases } from '../support/speech-by-hand.ts';
import { speak } from './alignment-cases/build-alignment.ts';

/** Both timings have told of a letter last. */
const both: ReadonlyMap<AlignmentField, string> = new Map([
  ['alignment', ''],
  ['normalizedAlignment', ''],
]);
const empty: Alignment = { characters: [], starts: [], ends: [] };

function newIncoming(options: Partial<IncomingSpeechOptions> = {}): IncomingSpeech {
  return new IncomingSpeech({
    format: 'pcm_16000',
    locale: 'en',
    text: 'Hello brave new world.',
    start: 0,
    gap: '',
    toldGaps: new Map(),
    canResume: true,
    warn: () => {},
    ...options,
  });
}

/** What the wire brings: a tenth of a second for each character of the longer timing. */
function said(alignment: string | undefined, normalized?: string): SpeechChunk {
  const length = Math.max(alignment?.length ?? 0, normalized?.length ?? 0);
  return {
    audio: new Uint8Array(3200 * length),
    alignment: alignment === undefined ? undefined : speak(alignment),
    normalizedAlignment: normalized === undefined ? undefined : speak(normalized),
  };
}

function textsOf(chunk: SpeechChunk | undefined): (string | undefined)[] {
  return [chunk?.alignment, chunk?.normalizedAlignment].map((timing) => timing?.characters.join(''));
}

describe('the words of the text', () => {
  test('are all begun when the last letter of the last one has come', () => {
    const incoming = newIncoming();
    const seen = ['Hello brave', ' new worl', 'd', '.'].map((part) => {
      incoming.receive(said(part), bases);
      return incoming.hasAllWords;
    });
    expect(seen).toEqual([false, false, true, true]);
  });

  test('are all begun with the timing of what was read out', () => {
    const incoming = newIncoming({ text: 'It costs $5, says the “owner”.' });
    incoming.receive(said(undefined, 'It costs five dollars, says the own'), bases);
    expect(incoming.hasAllWords).toBe(false);
    incoming.receive(said(undefined, 'er.'), bases);
    expect(incoming.hasAllWords).toBe(true);
  });

  test('are all begun though their audio has not come', () => {
    const incoming = newIncoming();
    incoming.receive({ ...said('Hello brave new world.'), audio: new Uint8Array(3200) }, bases);
    expect(incoming.hasAllWords).toBe(true);
    expect(incoming.spokenTo).toBe(0);
  });

  test.each(['', ' ', '…', '“—!”'])('are all begun where there are none: %j', (text) => {
    expect(newIncoming({ text }).hasAllWords).toBe(true);
  });

  test('are not all begun once there are more, nor where no time is told', () => {
    const incoming = newIncoming({ text: 'Hello' });
    incoming.receive(said('Hello'), bases);
    expect(incoming.hasAllWords).toBe(true);
    incoming.extend(' there');
    expect(incoming.hasAllWords).toBe(false);
    const untimed = newIncoming({ text: 'Hello' });
    untimed.receive({ ...said('Hello'), alignment: undefined }, bases);
    expect(untimed.hasAllWords).toBe(false);
  });
});

describe('the white space that a connection took with it', () => {
  const resumed = { text: 'new world.', start: 1.2, gap: ' ', toldGaps: both };

  test('is the first character of what comes, and takes no time', () => {
    const incoming = newIncoming(resumed);
    const chunk = incoming.receive(said('new ', 'new '), bases);
    expect(textsOf(chunk)).toEqual([' new ', ' new ']);
    for (const timing of [chunk!.alignment!, chunk!.normalizedAlignment!]) {
      expect([timing.starts[0], timing.ends[0], timing.starts[1]]).toEqual([1.2, 1.2, 1.2]);
    }
    expect(textsOf(incoming.receive(said('world.', 'world.'), bases))).toEqual(['world.', 'world.']);
  });

  test('is told of by either timing with its own first characters', () => {
    const incoming = newIncoming({ ...resumed, canResume: false });
    expect(textsOf(incoming.receive({ ...said('new '), normalizedAlignment: empty }, bases))).toEqual([' new ', '']);
    expect(textsOf(incoming.receive({ ...said(undefined, 'new world.'), alignment: empty }, bases))).toEqual([
      '',
      ' new world.',
    ]);
    expect(textsOf(incoming.receive(said('world.'), bases))).toEqual(['world.', undefined]);
  });

  test('waits for characters where audio comes without', () => {
    const incoming = newIncoming({ ...resumed, canResume: false });
    const untimed = { ...said('new '), alignment: undefined };
    expect(textsOf(incoming.receive(untimed, bases))).toEqual([undefined, undefined]);
    expect(incoming.toldGaps).toEqual(both);
    expect(textsOf(incoming.receive(said('new '), bases))).toEqual([' new ', undefined]);
  });

  test('is not told of a second time, by the service or a timing that has told of it', () => {
    expect(textsOf(newIncoming(resumed).receive(said(' new ', '\nnew '), bases))).toEqual([' new ', '\nnew ']);
    for (const told of [[], [['normalizedAlignment', ' ']]] as const) {
      const half = newIncoming({ ...resumed, toldGaps: new Map([['alignment', ''], ...told]) });
      expect(textsOf(half.receive(said('new ', 'new '), bases))).toEqual([' new ', 'new ']);
    }
    const none = newIncoming({ ...resumed, gap: '' });
    expect(textsOf(none.receive(said('new ', 'new '), bases))).toEqual(['new ', 'new ']);
  });

  test('is told of with what is left when the speech ends', () => {
    const incoming = newIncoming(resumed);
    expect(incoming.receive(said('n'), bases)).toBeUndefined();
    expect(textsOf(incoming.rest())).toEqual([' n', undefined]);
  });

  test.each([
    ['', ' ', ' '],
    [',', ', ', ' '],
    [' —', ' — ', ' '],
    [' — ', ' — ', ''],
    [' (', ' ', ''],
    ['“', '“', ''],
    // Marks of the text are told of too.
    [' ', ' — ', '— '],
    ['', '—', '—'],
    ['%', '%, ', ', '],
    ['', '.”\n\n', '.” '],
  ])('is lost where %j was told of %j: %j', (told, gap, lost) => {
    const incoming = newIncoming({ ...resumed, gap, toldGaps: new Map([['alignment', told]]) });
    expect(textsOf(incoming.receive(said('new '), bases))[0]).toBe(`${lost}new `);
  });

  test('has marks where the timing spells as the text does, and none that the service tells of itself', () => {
    const toldGaps = new Map([
      ['alignment', '%'],
      ['normalizedAlignment', ''],
    ] as const);
    const incoming = newIncoming({ ...resumed, gap: '%, ', toldGaps });
    expect(textsOf(incoming.receive(said('new ', 'new '), bases))).toEqual([', new ', ' new ']);
    const again = newIncoming({ ...resumed, gap: '%, ', toldGaps });
    expect(textsOf(again.receive(said(', new '), bases))[0]).toBe(', new ');
  });

  test('is told of by what was handed out of each timing', () => {
    const incoming = newIncoming();
    expect(incoming.toldGaps).toEqual(new Map());
    incoming.receive(said('Hello', 'Hello '), bases);
    expect([...incoming.toldGaps.values()]).toEqual(['', ' ']);
    // What is held is not handed out.
    incoming.receive(said(' brave ne', 'brave new'), bases);
    expect([...incoming.toldGaps.values()]).toEqual([' ', ' ']);
    incoming.rest();
    expect([...incoming.toldGaps.values()]).toEqual(['', '']);
  });

  test('is told of a character at a time', () => {
    const incoming = newIncoming({ text: 'Hello — (', canResume: false });
    for (const character of 'Hello — (') incoming.receive(said(character), bases);
    expect(incoming.toldGaps).toEqual(new Map([['alignment', ' — (']]));
  });
});
