import { ReadableStream } from 'node:stream/web';
import { findModel } from '../catalogue/models.ts';
import { connectionOf } from '../wire/connection.ts';
import { faultyBytes } from '../wire/faulty-bytes.ts';
import { randomId } from '../wire/random-id.ts';
import type { SpeechContext } from './speech-env.ts';
import type { SpeechRequest } from './speech-request.ts';

/** A successful response: the service's headers, and a body that is pulled as fast as the client reads. */
export function sendSpeech(
  context: SpeechContext,
  request: SpeechRequest,
  contentType: string,
  chunks: AsyncIterable<Uint8Array>,
): Response {
  const rate = findModel(request.modelId)?.model_rates.character_cost_multiplier ?? 1;
  const bytes = faultyBytes(chunks, context.get('faults'), connectionOf(context.env.outgoing));
  return context.body(ReadableStream.from<Uint8Array>(bytes), 200, {
    'content-type': contentType,
    // Named, so that the adapter writes each chunk when it comes.
    'transfer-encoding': 'chunked',
    'character-cost': String(Math.ceil(Array.from(request.text).length * rate)),
    // Zero retention keeps no history.
    ...(request.enableLogging ? { 'history-item-id': randomId() } : {}),
  });
}
