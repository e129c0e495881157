import type { SpeechClientOptions } from './client-options.ts';
import { connect, connectMulti } from './connect.ts';
import { createTransport } from './create-transport.ts';
import type { CallOptions, Transport } from './http-transport.ts';
import { listModels, type Model } from './models.ts';
import type { MultiSpeechSession } from './multi-speech-session.ts';
import type { StreamOutputFormat } from './output-format.ts';
import type { SessionOptions } from './session-options.ts';
import { createSingleUseToken, type SingleUseToken, type SingleUseTokenType } from './single-use-tokens.ts';
import type { SpeechResponse } from './speech-response.ts';
import type { SpeechSession } from './speech-session.ts';
import type { SpeechStream } from './speech-stream.ts';
import type { TextToSpeechRequest } from './text-to-speech-request.ts';
import {
  convert,
  convertWithTimestamps,
  stream,
  streamWithTimestamps,
  type TextToSpeechOptions,
  type TimedSpeech,
} from './text-to-speech.ts';
import type { Voice } from './voice.ts';
import { getVoice, searchVoices, type GetVoiceOptions, type VoiceQuery, type VoiceSearch } from './voices.ts';

/** The calls that turn text into speech. */
export interface TextToSpeech {
  /** Whole speech, made before the reply begins. */
  convert(voiceId: string, request: TextToSpeechRequest, options?: TextToSpeechOptions): Promise<SpeechResponse>;
  /** Whole speech with the times of its characters. */
  convertWithTimestamps(
    voiceId: string,
    request: TextToSpeechRequest,
    options?: TextToSpeechOptions,
  ): Promise<TimedSpeech>;
  /** Speech that arrives while it is made. */
  stream(
    voiceId: string,
    request: TextToSpeechRequest,
    options?: TextToSpeechOptions<StreamOutputFormat>,
  ): Promise<SpeechResponse>;
  /** Speech that arrives while it is made, with the times of its characters. */
  streamWithTimestamps(
    voiceId: string,
    request: TextToSpeechRequest,
    options?: TextToSpeechOptions<StreamOutputFormat>,
  ): SpeechStream;
  /** Speech of a text that is still being written, over a WebSocket. */
  connect(voiceId: string, options?: SessionOptions): SpeechSession;
  /** Many such speeches over one WebSocket, up to five at a time. */
  connectMulti(voiceId: string, options?: SessionOptions): MultiSpeechSession;
}

/** The service's calls, with credentials, timeouts and retries. */
export interface SpeechClient {
  readonly textToSpeech: TextToSpeech;
  readonly models: {
    /** The models of the service. */
    list(options?: CallOptions): Promise<Model[]>;
  };
  readonly voices: {
    /** The voices that match; nothing is asked until they are iterated. */
    search(query?: VoiceQuery, options?: CallOptions): VoiceSearch;
    /** One voice. */
    get(voiceId: string, options?: GetVoiceOptions): Promise<Voice>;
  };
  readonly tokens: {
    /** A token that a page can open one connection with. */
    createSingleUse(type: SingleUseTokenType, options?: CallOptions): Promise<SingleUseToken>;
  };
}

/**
 * A client of the speech service, or of a gateway that speaks its protocol. Nothing is sent until a call is made.
 *
 * @throws TypeError when an option is not what it must be, or when a page would show the API key.
 * @example
 * ```ts
 * const client = createSpeechClient({ apiKey: process.env.ELEVENLABS_API_KEY });
 * for await (const chunk of client.textToSpeech.streamWithTimestamps(voiceId, { text })) play(chunk.audio);
 * ```
 */
export function createSpeechClient(options: SpeechClientOptions = {}): SpeechClient {
  const transport: Transport = createTransport(options);
  return {
    textToSpeech: {
      convert: (...call) => convert(transport, ...call),
      convertWithTimestamps: (...call) => convertWithTimestamps(transport, ...call),
      stream: (...call) => stream(transport, ...call),
      streamWithTimestamps: (...call) => streamWithTimestamps(transport, ...call),
      connect: (...call) => connect(transport, ...call),
      connectMulti: (...call) => connectMulti(transport, ...call),
    },
    models: { list: (call) => listModels(transport, call) },
    voices: {
      search: (...call) => searchVoices(transport, ...call),
      get: (...call) => getVoice(transport, ...call),
    },
    tokens: { createSingleUse: (...call) => createSingleUseToken(transport, ...call) },
  };
}
