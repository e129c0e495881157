import type { Hono } from 'hono';
import { bytesPerSample } from '../audio/encode-audio.ts';
import type { OutputFormat } from '../audio/output-format.ts';
import { parseOutputFormat, streamFormats, wholeFormats } from '../audio/output-format.ts';
import { wavHeader } from '../audio/wav-header.ts';
import { findModel } from '../catalogue/models.ts';
import { findSpeaker } from '../catalogue/voices.ts';
import type { SpeechPiece } from '../speech/speech-piece.ts';
import type { Synthesizer } from '../speech/synthesizer.ts';
import { jsonLines } from '../wire/json-lines.ts';
import { paceSlices } from '../wire/pace-slices.ts';
import { ServiceError, serviceErrors } from '../wire/service-error.ts';
import { joinSpeech, sliceSpeech } from '../wire/slice-speech.ts';
import { timestampedSpeech } from '../wire/timestamped-speech.ts';
import type { Connection } from '../wire/connection.ts';
import { connectionOf } from '../wire/connection.ts';
import { readJson } from './read-json.ts';
import { sendSpeech } from './send-speech.ts';
import type { SpeechContext, SpeechEnv } from './speech-env.ts';
import type { SpeechRequest } from './speech-request.ts';
import { parseSpeechRequest } from './speech-request.ts';

/** Speech in the order in which it is spoken; it has been made sure that there is some. */
type Speech = AsyncGenerator<SpeechPiece, void, undefined>;

interface Spoken {
  readonly speech: Speech;
  readonly format: OutputFormat;
  readonly request: SpeechRequest;
}

const slicesPerSecond = 10;

/** Adds the four text-to-speech calls. */
export function addTextToSpeech(app: Hono<SpeechEnv>, synthesizer: Synthesizer): void {
  const path = '/v1/text-to-speech/:voice_id';
  app.post(path, async (context) => {
    const { speech, format, request } = await startSpeech(context, synthesizer, wholeFormats);
    const { audio } = asFile(await joinSpeech(speech), format);
    return sendSpeech(context, request, format.contentType, single(audio));
  });
  app.post(`${path}/with-timestamps`, async (context) => {
    const { speech, format, request } = await startSpeech(context, synthesizer, wholeFormats);
    const json = JSON.stringify(timestampedSpeech(asFile(await joinSpeech(speech), format)));
    return sendSpeech(context, request, 'application/json', single(new TextEncoder().encode(json)));
  });
  app.post(`${path}/stream`, async (context) => {
    const { speech, format, request } = await startSpeech(context, synthesizer, streamFormats);
    return sendSpeech(context, request, format.contentType, audioOf(slices(context, speech, format)));
  });
  app.post(`${path}/stream/with-timestamps`, async (context) => {
    const { speech, format, request } = await startSpeech(context, synthesizer, streamFormats);
    const lines = jsonLines(slices(context, speech, format), context.get('faults'), context.get('requestId'));
    return sendSpeech(context, request, 'application/json', lines);
  });
}

/** Checks a request and has its first piece spoken, so that text that can't be spoken is refused before the headers are sent. */
async function startSpeech(
  context: SpeechContext,
  synthesizer: Synthesizer,
  formats: readonly string[],
): Promise<Spoken> {
  const voiceId = context.req.param('voice_id') ?? '';
  const request = parseSpeechRequest(await readJson(context), context.req.query(), formats);
  const voice = findSpeaker(voiceId);
  if (voice === undefined) throw serviceErrors.voiceNotFound(voiceId);
  const format = parseOutputFormat(request.outputFormat);
  if (format === undefined) throw serviceErrors.unsupportedFormat(request.outputFormat);
  const limit = findModel(request.modelId)?.maximum_text_length_per_request ?? 0;
  const length = Array.from(request.text).length;
  if (length > limit) throw serviceErrors.textTooLong(length, limit, request.modelId);
  const { encoding, sampleRate } = format;
  const speech = synthesizer.speak({ text: request.text, voice, speed: request.speed, encoding, sampleRate });
  endWithConnection(speech, connectionOf(context.env.outgoing));
  const first = await speech.next();
  if (first.done === true) throw textNotSpeakable();
  return { speech: resume(first.value, speech), format, request };
}

async function* resume(first: SpeechPiece, rest: Speech): Speech {
  yield first;
  yield* rest;
}

/** A body whose client is gone before its first chunk is never read, so it can't be what ends its speech. */
function endWithConnection(speech: Speech, { signal }: Connection): void {
  const end = (): void => void speech.return();
  if (signal.aborted) end();
  else signal.addEventListener('abort', end);
}

function slices(context: SpeechContext, speech: Speech, format: OutputFormat): ReturnType<typeof paceSlices> {
  const sampleSize = bytesPerSample(format.encoding);
  const bytesPerSlice = Math.floor(format.sampleRate / slicesPerSecond) * sampleSize;
  const sliced = sliceSpeech(speech, bytesPerSlice, format.sampleRate * sampleSize);
  return paceSlices(sliced, context.get('faults'), connectionOf(context.env.outgoing).signal);
}

function asFile(piece: SpeechPiece, format: OutputFormat): SpeechPiece {
  if (format.container === 'raw') return piece;
  const header = wavHeader(format.sampleRate, piece.audio.length);
  return { ...piece, audio: new Uint8Array(Buffer.concat([header, piece.audio])) };
}

async function* audioOf(pieces: AsyncIterable<SpeechPiece>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of pieces) yield piece.audio;
}

async function* single(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

function textNotSpeakable(): ServiceError {
  return new ServiceError(400, {
    type: 'validation_error',
    code: 'text_not_speakable',
    message:
      'The text holds nothing that this local server can speak: its voices read English in Latin letters and figures.',
  });
}
