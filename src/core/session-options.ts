import type { StreamOutputFormat } from './output-format.ts';
import type { Query } from './request-url.ts';
import type { PronunciationDictionaryLocator, VoiceSettings } from './text-to-speech-request.ts';
import type { TimeBase } from './time-base.ts';

/** When the service speaks what it has gathered. */
export interface GenerationConfig {
  /** Characters to gather before the first, second, … piece is spoken: each 50 to 500. Default 120, 160, 250, 290. */
  readonly chunk_length_schedule?: readonly number[] | undefined;
}

/** How a voice speaks in one session or context; told with its first message. */
export interface VoiceOptions {
  readonly voice_settings?: VoiceSettings | null | undefined;
  readonly generation_config?: GenerationConfig | null | undefined;
  readonly pronunciation_dictionary_locators?: readonly PronunciationDictionaryLocator[] | null | undefined;
}

/** What both calls for text that is still being written take. */
export interface SessionOptions extends VoiceOptions {
  readonly model_id?: string | undefined;
  /** ISO 639-1, for models that take one. */
  readonly language_code?: string | null | undefined;
  readonly apply_text_normalization?: 'auto' | 'on' | 'off' | undefined;
  /** 0 to 4294967295. */
  readonly seed?: number | null | undefined;
  /** Default `mp3_44100_128`. */
  readonly outputFormat?: StreamOutputFormat | undefined;
  /** `false` asks the service to keep nothing. */
  readonly enableLogging?: boolean | undefined;
  /** Whether SSML tags in the text are obeyed. */
  readonly enableSsmlParsing?: boolean | undefined;
  /** Seconds without a message after which the service hangs up: 20 by default, 180 at most. Silence is bridged by itself. */
  readonly inactivityTimeout?: number | undefined;
  /** Whether every message of audio brings its timing; otherwise one does for all that is spoken in one go. */
  readonly syncAlignment?: boolean | undefined;
  /** Speaks each phrase at once instead of gathering characters; the text is then sent phrase by phrase. */
  readonly autoMode?: boolean | undefined;
  /** Whether a first sentence that is shorter than what the service gathers is spoken as soon as it ends. */
  readonly flushFirstSentence?: boolean | undefined;
  /** The language of the text (BCP 47); scripts without spaces need it to find words. Default: `language_code`. */
  readonly locale?: string | undefined;
  /** From when the times of the service count, where what it sends leaves that in doubt. Found out by itself. */
  readonly timeBase?: TimeBase | undefined;
  /** Whether a lost connection is opened anew for what was not spoken yet, as often as the client's `retry` says. Default true. */
  readonly resume?: boolean | undefined;
  /** Seconds until the connection must be open, instead of the client's. */
  readonly timeout?: number | undefined;
  /** Closes the connection; what is waited for then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The query of a socket's address. */
export function sessionQuery(options: SessionOptions, zeroRetention: boolean): Query {
  if (zeroRetention && options.enableLogging) {
    throw new TypeError('enableLogging contradicts zeroRetention: leave one out.');
  }
  return {
    model_id: options.model_id,
    language_code: options.language_code,
    enable_logging: zeroRetention ? false : options.enableLogging,
    enable_ssml_parsing: options.enableSsmlParsing,
    output_format: options.outputFormat,
    inactivity_timeout: options.inactivityTimeout,
    sync_alignment: options.syncAlignment,
    auto_mode: options.autoMode,
    apply_text_normalization: options.apply_text_normalization,
    seed: options.seed,
  };
}

/** What the first message says of the voice, without what is left out. */
export function voiceFields(options: VoiceOptions): VoiceOptions {
  const { voice_settings, generation_config, pronunciation_dictionary_locators } = options;
  return {
    ...(voice_settings && { voice_settings }),
    ...(generation_config && { generation_config }),
    ...(pronunciation_dictionary_locators && { pronunciation_dictionary_locators }),
  };
}
