import type { SpeechChunk } from '../../src/core/speech-chunk.ts';
import { createWordTimeline } from '../../src/core/word-timeline.ts';
import type { Word } from '../../src/core/word.ts';

/** All that came of a speech. */
export interface HeardSpeech {
  readonly chunks: readonly SpeechChunk[];
  readonly bytes: number;
  readonly words: readonly Word[];
  /** What the iteration threw. */
  readonly error: unknown;
}

/** Reads a speech to its end, or to the error that ends it; its words are those of `text`. */
export async function hear(speech: AsyncIterable<SpeechChunk>, text: string): Promise<HeardSpeech> {
  const chunks: SpeechChunk[] = [];
  let error: unknown;
  try {
    for await (const chunk of speech) chunks.push(chunk);
  } catch (cause) {
    error = cause;
  }
  const timeline = createWordTimeline({ text });
  for (const { alignment } of chunks) if (alignment) timeline.append(alignment);
  timeline.finish();
  return { chunks, bytes: chunks.reduce((sum, { audio }) => sum + audio.length, 0), words: timeline.words, error };
}

/** The words of a text, as a speech of it has them. */
export function wordsOf(text: string): string[] {
  const timeline = createWordTimeline({ text });
  timeline.finish(1);
  return timeline.words.map(({ text: word }) => word);
}

/** A text as a language model writes it: a few characters at a time. */
export async function* tokensOf(text: string, size = 3): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    yield text.slice(at, at + size);
  }
}
