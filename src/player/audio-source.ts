import type { OutputFormat } from '../core/output-format.ts';
import type { SpeechChunk } from '../core/speech-chunk.ts';
import type { SpeechResponse } from '../core/speech-response.ts';
import { SpeechError } from '../core/speech-error.ts';

/** What can be played: speech with timing, or plain audio. */
export type AudioSource =
  | AsyncIterable<SpeechChunk>
  | ReadableStream<Uint8Array>
  | Response
  | Pick<SpeechResponse, 'audio' | 'format'>;

/** What a source is known to hold. */
export interface OpenedSource {
  readonly chunks: AsyncIterable<SpeechChunk>;
  /** As the source itself tells it, if it does. */
  readonly format: OutputFormat | undefined;
  /** The text that is spoken, if the source knows it. */
  readonly text: string | undefined;
}

/**
 * Any source as a stream of chunks.
 *
 * @throws SpeechError when a `Response` tells of a failure
 * @throws TypeError for anything that can't be played
 */
export function openAudioSource(source: AudioSource): OpenedSource {
  if (source instanceof Response) {
    if (!source.ok) {
      throw new SpeechError(
        'server',
        `The reply to play has the status ${source.status}; check it before it is played.`,
        {
          status: source.status,
        },
      );
    }
    if (source.body === null) throw new TypeError('The Response to play has no body.');
    return { chunks: bytesAsChunks(source.body), format: undefined, text: undefined };
  }
  if (source instanceof ReadableStream) return { chunks: bytesAsChunks(source), format: undefined, text: undefined };
  if ('audio' in source) return { chunks: bytesAsChunks(source.audio), format: source.format, text: undefined };
  if (Symbol.asyncIterator in source) {
    const { format, text } = source as { format?: OutputFormat; text?: string };
    return { chunks: source, format, text };
  }
  throw new TypeError('Only an async iterable of speech chunks, a ReadableStream or a Response can be played.');
}

async function* bytesAsChunks(bytes: ReadableStream<Uint8Array>): AsyncGenerator<SpeechChunk, void, void> {
  const reader = bytes.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield { audio: next.value as Uint8Array<ArrayBuffer>, alignment: undefined, normalizedAlignment: undefined };
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
