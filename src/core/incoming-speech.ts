import type { Alignment } from './alignment.ts';
import { bytesPerSample, parseOutputFormat, type StreamOutputFormat } from './output-format.ts';
import { createSampleCarry } from './sample-carry.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import { SpeechClock } from './speech-clock.ts';
import { gapAfter, saysNothing } from './text-border.ts';
import type { AlignmentField, TimeBases } from './time-base.ts';
import { nextOffset, wholeWordsEnd, WordHold } from './word-hold.ts';
import { createWordTimeline, type WordTimeline } from './word-timeline.ts';

/** Seconds of silence that may follow the last character without being speech of which no time is known. */
const longestSilence = 1;

/** What comes over one connection for a speech. */
export interface IncomingSpeechOptions {
  readonly format: StreamOutputFormat;
  readonly locale: string | undefined;
  /** The text that this connection is to speak, as far as it is known. */
  readonly text: string;
  /** Where it begins, in seconds from the start of the speech. */
  readonly start: number;
  /** The marks and white space that the text before it ends with. */
  readonly gap: string;
  /** As much of `gap` as each timing has told of that was handed out before. */
  readonly toldGaps: ReadonlyMap<AlignmentField, string>;
  /** Whether audio is held back until its words are whole, so that another connection can go on. */
  readonly canResume: boolean;
  /** Told of what is wrong with the timing, without harm to the audio. */
  readonly warn: (message: string) => void;
}

/** What one connection has said of a speech: its chunks on the speech's own time, and how far they have come in the text. */
export class IncomingSpeech {
  readonly #options: IncomingSpeechOptions;
  readonly #codec: ReturnType<typeof parseOutputFormat>['codec'];
  readonly #bytesPerSecond: number;
  readonly #timeline: WordTimeline;
  readonly #hold: WordHold;
  readonly #carry: ReturnType<typeof createSampleCarry>;
  #clock: SpeechClock | undefined;
  #hasOriginal = false;
  #isTimed = false;
  /** The end of the timing, in seconds from the start of the speech. */
  #timedTo: number;
  readonly #toldGaps: Map<AlignmentField, string>;
  /** The timings that were handed out here. */
  readonly #told = new Set<AlignmentField>();

  constructor(options: IncomingSpeechOptions) {
    const { format, locale, text, start } = options;
    const { codec, bitrate, sampleRate } = parseOutputFormat(format);
    const sampleSize = bytesPerSample(format);
    this.#options = options;
    this.#timedTo = start;
    this.#toldGaps = new Map(options.toldGaps);
    this.#codec = codec;
    this.#bytesPerSecond = bitrate ? bitrate / 8 : sampleRate * sampleSize;
    this.#timeline = createWordTimeline({ text, locale });
    this.#hold = new WordHold({ start, bytesPerSecond: this.#bytesPerSecond, bytesPerSample: sampleSize });
    this.#carry = createSampleCarry(sampleSize);
  }

  /** The end of what was handed out, in seconds from the start of the speech. */
  get releasedTo(): number {
    return this.#hold.releasedTo;
  }

  /** Where the text goes on behind what was handed out. */
  get spokenTo(): number {
    return nextOffset(this.#timeline, this.#hold.releasedTo, !this.#isCompressed);
  }

  /** Whether audio was handed out of which no time is known, so that nobody can tell what it said. */
  get isUntimed(): boolean {
    return this.#hold.releasedTo > this.#timedTo + (this.#isTimed ? longestSilence : 0);
  }

  /** Whether anything is known of the time of words. */
  get isTimed(): boolean {
    return this.#isTimed;
  }

  /** Up to where the service has begun with the text. */
  get begunTo(): number {
    return this.#timeline.spokenTo;
  }

  /** Whether the service has begun with the last word of the text. */
  get hasAllWords(): boolean {
    return saysNothing(this.#timeline.text.slice(this.begunTo));
  }

  /** The marks and white space that each timing ends with that was handed out, here or before. */
  get toldGaps(): ReadonlyMap<AlignmentField, string> {
    return this.#toldGaps;
  }

  /** Adds to the text. */
  extend(more: string): void {
    this.#timeline.extend(more);
  }

  /** What is whole now that `wire` has come, whose times are as the wire has them. */
  receive(wire: SpeechChunk, bases: TimeBases): SpeechChunk | undefined {
    const { start, warn } = this.#options;
    this.#clock ??= new SpeechClock(bases, { start, warn });
    const { text, spokenTo } = this.#timeline;
    const audio = wire.audio.length / this.#bytesPerSecond;
    const times = this.#clock.place({ ...wire, audio, unspoken: text.slice(spokenTo) });
    this.#hasOriginal ||= !!times.alignment?.characters.length;
    const own = this.#hasOriginal ? times.alignment : times.normalizedAlignment;
    if (own) this.#timeline.append(own);
    this.#isTimed ||= !!own?.characters.length;
    this.#timedTo = Math.max(this.#timedTo, own?.ends.at(-1) ?? 0);
    this.#hold.push({ audio: this.#carry(wire.audio), ...times });
    return this.#handOut(this.#whole());
  }

  /** What is left. */
  rest(): SpeechChunk | undefined {
    return this.#handOut(this.#hold.release(Infinity));
  }

  /** The speech was spoken to its end. */
  finish(): void {
    this.#clock?.finish();
    this.#timeline.finish();
    if (this.#isTimed && !this.hasAllWords) this.#options.warn('The service ended the speech before its text ended.');
  }

  #handOut(chunk: SpeechChunk | undefined): SpeechChunk | undefined {
    return (
      chunk && {
        ...chunk,
        alignment: this.#part('alignment', chunk.alignment),
        normalizedAlignment: this.#part('normalizedAlignment', chunk.normalizedAlignment),
      }
    );
  }

  /** The timing with what stands before its first character, if that was lost with the connection before. */
  #part(field: AlignmentField, timing: Alignment | undefined): Alignment | undefined {
    const characters = timing?.characters.join('');
    if (!timing || !characters) return timing;
    const lost = this.#told.has(field) ? '' : this.#lost(field, characters);
    const gap = gapAfter(characters);
    this.#toldGaps.set(field, gap === characters ? (this.#toldGaps.get(field) ?? '') + gap : gap);
    this.#told.add(field);
    return lost ? withGap(timing, lost, this.#options.start) : timing;
  }

  /** What no connection has told of the gap before `characters`: marks, where the timing spells as the text does, and white space. */
  #lost(field: AlignmentField, characters: string): string {
    const { gap, toldGaps } = this.#options;
    const told = toldGaps.get(field);
    if (told === undefined) return '';
    const isTextOwn = told === toldGaps.get('alignment') && gap.startsWith(told);
    const marks = isTextOwn ? gap.slice(told.length).trimEnd() : '';
    if (marks && characters.trimStart().startsWith(marks.trimStart())) return '';
    const lacksSpace = /\s$/.test(gap) && !/\s$/.test(told) && countSpaces(told) < countSpaces(gap);
    const needsSpace = lacksSpace || (marks !== '' && /\s$/.test(gap));
    return marks + (needsSpace && !/^\s/.test(characters) ? ' ' : '');
  }

  /** What is whole, so that a speech that breaks off may end with it: of what was handed out, nothing comes again. */
  #whole(): SpeechChunk | undefined {
    const { heldTo } = this.#hold;
    // Opus takes as many bytes as it likes: they don't tell the time.
    if (!this.#options.canResume || this.#codec === 'opus') return this.#hold.release(Infinity);
    const border = wholeWordsEnd(this.#timeline, heldTo);
    // Compressed audio can't be cut between words, but its timing can.
    return this.#isCompressed ? this.#hold.release(heldTo, border) : this.#hold.release(border);
  }

  get #isCompressed(): boolean {
    return this.#codec === 'mp3' || this.#codec === 'opus';
  }
}

function countSpaces(gap: string): number {
  return gap.match(/\s+/g)?.length ?? 0;
}

function withGap({ characters, starts, ends }: Alignment, gap: string, time: number): Alignment {
  const before = [...gap];
  const times = before.map(() => time);
  return { characters: [...before, ...characters], starts: [...times, ...starts], ends: [...times, ...ends] };
}
