import type { OutputFormat } from '../core/output-format.ts';
import type { SpeechChunk } from '../core/speech-chunk.ts';
import { SpeechError } from '../core/speech-error.ts';
import type { SpeechResponse } from '../core/speech-response.ts';

/** What can be played: speech with timing, or plain audio. */
export type AudioSource =
  | AsyncIterable<SpeechChunk>
  | ReadableStream<Uint8Array>
  | Response
  | Pick<SpeechResponse, 'audio' | 'format'>;

/** A source, and what it tells of itself. */
export interface OpenedSource {
  readonly stream: AsyncIterable<SpeechChunk> | ReadableStream<Uint8Array>;
  readonly format?: OutputFormat | undefined;
  /** The text that is spoken. */
  readonly text?: string | undefined;
}

/**
 * Any source as a stream.
 *
 * @throws SpeechError when a `Response` tells of a failure
 * @throws TypeError for anything that can't be played
 */
export function openAudioSource(source: AudioSource): OpenedSource {
  if (source instanceof Response) {
    const { ok, status, body } = source;
    if (ok && body) return { stream: body };
    throw new SpeechError('server', `The reply to play has no audio: its status is ${status}.`, { status });
  }
  if (source instanceof ReadableStream) return { stream: source };
  const { audio, format, text } = source as OpenedSource & { readonly audio?: ReadableStream<Uint8Array> };
  if (audio) return { stream: audio, format };
  if (Symbol.asyncIterator in Object(source)) return { stream: source as AsyncIterable<SpeechChunk>, format, text };
  throw new TypeError('Only an async iterable of speech chunks, a ReadableStream or a Response can be played.');
}
