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

/** Not a generator: that could only cancel a silent stream once it speaks again. */
function bytesAsChunks(bytes: ReadableStream<Uint8Array>): AsyncIterable<SpeechChunk> {
  const reader = bytes.getReader();
  const iterator: AsyncIterator<SpeechChunk, undefined> = {
    async next() {
      const { done, value } = await reader.read();
      if (done) return { done, value: undefined };
      const audio = value as Uint8Array<ArrayBuffer>;
      return { done: false, value: { audio, alignment: undefined, normalizedAlignment: undefined } };
    },
    async return() {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}
