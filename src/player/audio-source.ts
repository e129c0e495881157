import type { SpeechChunk } from '../core/speech-chunk.ts';
import { SpeechError } from '../core/speech-error.ts';
import type { SpeechResponse } from '../core/speech-response.ts';

/** What can be played: speech with timing, or plain audio. */
export type AudioSource =
  | AsyncIterable<SpeechChunk>
  | ReadableStream<Uint8Array>
  | Response
  | Pick<SpeechResponse, 'audio' | 'format'>;

/**
 * The chunks of any source.
 *
 * @throws SpeechError when a `Response` tells of a failure
 * @throws TypeError for anything that can't be played
 */
export function chunksOf(source: AudioSource): AsyncIterable<SpeechChunk> {
  if (source instanceof Response) {
    const { ok, status, body } = source;
    if (ok && body) return bytesAsChunks(body);
    throw new SpeechError('server', `The reply to play has no audio: its status is ${status}.`, { status });
  }
  if (source instanceof ReadableStream) return bytesAsChunks(source);
  if (Symbol.asyncIterator in Object(source)) return source as AsyncIterable<SpeechChunk>;
  const { audio } = source as Partial<SpeechResponse>;
  if (audio instanceof ReadableStream) return bytesAsChunks(audio);
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
