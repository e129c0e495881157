// The client.
export { createSpeechClient, type SpeechClient, type TextToSpeech } from './speech-client.ts';
export { regions, type Fetch, type SpeechClientOptions } from './client-options.ts';
export type { CredentialOptions, ExpiringToken, SingleUseTokenSource, TokenSource } from './credentials.ts';
export type { CallOptions } from './http-transport.ts';
export type { RetryPolicy } from './retry-delay.ts';
export type { WebSocketClass, WebSocketEvent, WebSocketLike } from './web-socket-like.ts';

// The calls one by one, for those who count bytes: what is not imported is not bundled.
export { createTransport } from './create-transport.ts';
export type { Transport } from './http-transport.ts';
export { convert, convertWithTimestamps, stream, streamWithTimestamps } from './text-to-speech.ts';
export { connect, connectMulti } from './connect.ts';

// Speech.
export type { SpeechChunk } from './speech-chunk.ts';
export type { ReplyInfo } from './reply.ts';
export type { SpeechResponse } from './speech-response.ts';
export type { SpeechStream } from './speech-stream.ts';
export type { TextToSpeechOptions, TimedSpeech } from './text-to-speech.ts';
export type {
  AudioEffects,
  PronunciationDictionaryLocator,
  TextToSpeechRequest,
  VoiceSettings,
} from './text-to-speech-request.ts';
export { parseOutputFormat, type AudioFormat, type OutputFormat, type StreamOutputFormat } from './output-format.ts';

// Speech of a text that is still being written.
export type { ContextOptions, MultiSpeechSession } from './multi-speech-session.ts';
export type { GenerationConfig, SessionOptions, VoiceOptions } from './session-options.ts';
export type { SpeechContext } from './speech-context.ts';
export type { SendOptions, SpeechSession } from './speech-session.ts';
export type { TextSource } from './send-text.ts';
export type { TimeBase } from './time-base.ts';

// Words and their times.
export type { Alignment } from './alignment.ts';
export { segmentWords, type SegmentOptions, type TextWord, type WordSegmenter } from './segment-words.ts';
export type { Word } from './word.ts';
export { wordIndexAt, type WordAtOptions } from './word-at.ts';
export { createWordTimeline, type WordTimeline, type WordTimelineOptions } from './word-timeline.ts';

// Models, voices, tokens.
export type { Model } from './models.ts';
export type { VerifiedLanguage, Voice } from './voice.ts';
export type { GetVoiceOptions, VoiceQuery, VoiceSearch, VoicesPage, VoiceType } from './voices.ts';
export type { SingleUseToken, SingleUseTokenType } from './single-use-tokens.ts';

// Errors.
export {
  SpeechError,
  type SpeechErrorCode,
  type SpeechErrorData,
  type SpeechErrorDetail,
  type SpeechErrorOptions,
} from './speech-error.ts';
