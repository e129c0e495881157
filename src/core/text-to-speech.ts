import type { CallOptions, Transport, TransportRequest } from './http-transport.ts';
import { bytesPerSample, defaultOutputFormat, type OutputFormat, type StreamOutputFormat } from './output-format.ts';
import { parseSpeechChunk } from './parse-speech-chunk.ts';
import { pathSegment } from './path-segment.ts';
import type { SpeechOrigin } from './read-speech.ts';
import { readJson, type ReplyInfo } from './reply.ts';
import { createSampleCarry } from './sample-carry.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import { speechResponse, type SpeechResponse } from './speech-response.ts';
import { SpeechStream } from './speech-stream.ts';
import type { TextToSpeechRequest } from './text-to-speech-request.ts';
import { unexpectedReply } from './unexpected-reply.ts';

/** What every text-to-speech call takes besides its request. */
export interface TextToSpeechOptions<Format extends OutputFormat = OutputFormat> extends CallOptions {
  /** Default `mp3_44100_128`. */
  readonly outputFormat?: Format | undefined;
  /** `false` asks the service to keep nothing of this request. */
  readonly enableLogging?: boolean | undefined;
  /**
   * 0 to 4.
   *
   * @deprecated by the service.
   */
  readonly optimizeStreamingLatency?: 0 | 1 | 2 | 3 | 4 | undefined;
}

/** Whole speech with the times of its characters. */
export interface TimedSpeech extends SpeechChunk, ReplyInfo {
  readonly format: OutputFormat;
}

/** Whole speech, made before the reply begins. */
export async function convert(
  transport: Transport,
  voiceId: string,
  request: TextToSpeechRequest,
  options: TextToSpeechOptions = {},
): Promise<SpeechResponse> {
  return speechResponse(
    await transport.send(speak(transport, voiceId, '', request, options), options),
    formatOf(options),
  );
}

/** Whole speech with the times of its characters, made before the reply begins. */
export async function convertWithTimestamps(
  transport: Transport,
  voiceId: string,
  request: TextToSpeechRequest,
  options: TextToSpeechOptions = {},
): Promise<TimedSpeech> {
  const { body, ...info } = await transport.send(
    speak(transport, voiceId, '/with-timestamps', request, options),
    options,
  );
  const json = await readJson({ body, ...info }, (value) => typeof value === 'object');
  const chunk = parseSpeechChunk(json, info.requestId, () => {});
  if (!chunk?.audio.length) throw unexpectedReply('The reply holds no speech', info.requestId);
  const format = formatOf(options);
  return { ...chunk, audio: createSampleCarry(bytesPerSample(format))(chunk.audio), format, ...info };
}

/** Speech that arrives while it is made. */
export async function stream(
  transport: Transport,
  voiceId: string,
  request: TextToSpeechRequest,
  options: TextToSpeechOptions<StreamOutputFormat> = {},
): Promise<SpeechResponse> {
  const wire = speak(transport, voiceId, '/stream', request, options);
  return speechResponse(await transport.send(wire, options), formatOf(options));
}

/** Speech that arrives while it is made, with the times of its characters. The request is sent on the first iteration. */
export function streamWithTimestamps(
  transport: Transport,
  voiceId: string,
  request: TextToSpeechRequest,
  options: TextToSpeechOptions<StreamOutputFormat> = {},
): SpeechStream {
  const origin = timedSpeech(transport, voiceId, request, options);
  return new SpeechStream({ ...origin, text: request.text, signal: options.signal });
}

/** Where {@link streamWithTimestamps} reads from. */
export function timedSpeech(
  transport: Transport,
  voiceId: string,
  request: TextToSpeechRequest,
  options: TextToSpeechOptions<StreamOutputFormat>,
): SpeechOrigin {
  const wire = speak(transport, voiceId, '/stream/with-timestamps', request, options);
  return { format: formatOf(options), open: (signal) => transport.send(wire, { ...options, signal }) };
}

function formatOf<Format extends OutputFormat>(options: TextToSpeechOptions<Format>): Format | StreamOutputFormat {
  return options.outputFormat ?? defaultOutputFormat;
}

function speak(
  transport: Transport,
  voiceId: string,
  call: string,
  request: TextToSpeechRequest,
  options: TextToSpeechOptions,
): TransportRequest {
  const path = `/v1/text-to-speech/${pathSegment('voiceId', voiceId)}${call}`;
  if (typeof request?.text !== 'string' || !request.text.trim()) {
    throw new TypeError('text is empty: pass what to speak.');
  }
  if (transport.zeroRetention && options.enableLogging) {
    throw new TypeError('enableLogging contradicts zeroRetention: leave one out.');
  }
  const query = {
    output_format: options.outputFormat,
    enable_logging: transport.zeroRetention ? false : options.enableLogging,
    optimize_streaming_latency: options.optimizeStreamingLatency,
  };
  return { method: 'POST', path, query, body: request };
}
