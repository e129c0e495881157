import { setTimeout as sleep } from 'node:timers/promises';
import { createWordTimeline, segmentWords, type MultiSpeechSession, type SpeechContext } from '../../src/core/index.ts';
import type { Utterance } from './random-utterances.ts';

/** What became of an utterance. */
export interface Report {
  readonly text: string;
  readonly wasCancelled: boolean;
  /** Seconds of audio. */
  readonly seconds: number;
  /** What was wrong with it; of one that was cancelled, only how it ended. */
  readonly faults: readonly string[];
}

/** What the utterances of a soak have in common. */
export interface Stage {
  readonly session: MultiSpeechSession;
  /** Given to every context that has no signal of its own. */
  readonly signal: AbortSignal;
  readonly bytesPerSecond: number;
  /** Told of each context, and of each text that is begun and left. */
  readonly onContext: (context: SpeechContext, signal: AbortSignal) => void;
  readonly onWriting: (change: 1 | -1) => void;
}

/** Made here: an error holds on to what was at work when it was made. */
const enough = new Error('Enough was heard.');

/** Speaks an utterance in a context of its own, cancels it where that is its lot, and says what was wrong. */
export async function speakUtterance(stage: Stage, utterance: Utterance): Promise<Report> {
  const { text, cancelAt, cancelBy } = utterance;
  const controller = new AbortController();
  const signal = cancelBy === 'signal' ? controller.signal : stage.signal;
  const context = stage.session.createContext({ signal });
  stage.onContext(context, signal);
  const cancel = (): void => {
    if (cancelBy === 'signal') controller.abort(enough);
    else if (cancelBy === 'dispose') context[Symbol.dispose]();
    else context.cancel();
  };

  const timeline = createWordTimeline({ text });
  let characters = '';
  let bytes = 0;
  let chunks = 0;
  let wasCancelled = false;
  const faults: string[] = [];
  const writing = write(stage, utterance, context, () => {
    wasCancelled = true;
    cancel();
  });
  try {
    for await (const { audio, alignment } of context) {
      if (wasCancelled && cancelBy !== 'break') faults.push('a chunk came after the cancel');
      bytes += audio.length;
      chunks += 1;
      characters += alignment?.characters.join('') ?? '';
      if (alignment) timeline.append(alignment);
      const isDue =
        (cancelAt === 'in the middle' && chunks > utterance.cancelAfter) ||
        (cancelAt === 'just before the end' && timeline.spokenTo >= text.length);
      if (!isDue) continue;
      wasCancelled = true;
      if (cancelBy === 'break') break;
      cancel();
    }
    if (wasCancelled && cancelBy === 'signal') {
      // All of it was there before the signal: then it is not cancelled, and has to be whole.
      wasCancelled = false;
      if (cancelAt === 'before the first audio') faults.push('the iteration did not tell the reason of the signal');
    }
  } catch (error) {
    if (!wasCancelled || error !== enough) faults.push(`the iteration threw ${String(error)}`);
  }
  const [written] = await Promise.allSettled([writing]);
  const seconds = bytes / stage.bytesPerSecond;
  if (!wasCancelled) {
    if (written?.status === 'rejected') faults.push(`the writing threw ${String(written.reason)}`);
    timeline.finish(seconds);
    faults.push(...wordFaults(text, timeline.words), ...lengthFaults(timeline.words, seconds), ...context.warnings);
    if (context.text !== text) faults.push('the text is another one');
    if (plain(characters) !== plain(text))
      faults.push(`the alignment is of another text: ${JSON.stringify(characters)}`);
  }
  return { text, wasCancelled, seconds, faults };
}

async function write(
  { onWriting }: Stage,
  { pieces, pauses, isFlushed, cancelAt, cancelAfter }: Utterance,
  context: SpeechContext,
  cancel: () => void,
): Promise<void> {
  async function* tokens(): AsyncGenerator<string> {
    onWriting(1);
    try {
      for (const [index, piece] of pieces.entries()) {
        const pause = pauses[index] ?? 0;
        if (pause > 0) await sleep(pause);
        if (cancelAt === 'before the first audio' && index === cancelAfter) cancel();
        yield piece;
      }
    } finally {
      onWriting(-1);
    }
  }
  if (!isFlushed) await context.send(tokens());
  else for await (const piece of tokens()) await context.send(piece, { flush: true });
  await context.close();
}

type Words = ReturnType<typeof createWordTimeline>['words'];

function wordFaults(text: string, words: Words): string[] {
  const faults: string[] = [];
  const expected = segmentWords(text).map((word) => word.text);
  const spoken = words.map((word) => word.text);
  if (spoken.join('|') !== expected.join('|')) faults.push(`the words are ${spoken.join('|')}`);
  const estimated = words.filter((word) => word.estimated);
  if (estimated.length > 0) faults.push(`without a time: ${estimated.map((word) => word.text).join('|')}`);
  for (const [index, { text: word, start, end }] of words.entries()) {
    const before = words[index - 1]?.end ?? 0;
    if (!(start >= before - 1e-6 && end > start)) faults.push(`${word} is from ${start} to ${end}, after ${before}`);
  }
  return faults;
}

/** The audio goes on behind the last word for a pause at most. */
function lengthFaults(words: Words, seconds: number): string[] {
  const end = words.at(-1)?.end ?? 0;
  return seconds > 0 && seconds >= end - 0.01 && seconds < end + 1 ? [] : [`${seconds} s of audio, words to ${end} s`];
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
