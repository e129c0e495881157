/** How a voice speaks; what is left out stays as the voice has it. */
export interface VoiceSettings {
  /** 0 to 1. */
  readonly stability?: number | null | undefined;
  readonly use_speaker_boost?: boolean | null | undefined;
  /** 0 to 1. */
  readonly similarity_boost?: number | null | undefined;
  /** 0 to 1. */
  readonly style?: number | null | undefined;
  /** 0.7 to 1.2; 1 is the voice's own speed. */
  readonly speed?: number | null | undefined;
}

/** A pronunciation dictionary, in a version of it. */
export interface PronunciationDictionaryLocator {
  readonly pronunciation_dictionary_id: string;
  readonly version_id?: string | null | undefined;
}

/** Effects that the service puts on the speech. */
export interface AudioEffects {
  readonly filter_preset_id?: string | null | undefined;
  readonly distance?: number | null | undefined;
  readonly environment_id?: string | null | undefined;
  readonly background_noise_id?: string | null | undefined;
  readonly send_level?: number | null | undefined;
  readonly pan?: number | null | undefined;
  readonly seed?: number | null | undefined;
}

/** The body of a text-to-speech call, in the service's own names. Fields that are not listed here are sent as well. */
export interface TextToSpeechRequest {
  /** What is spoken. */
  readonly text: string;
  readonly model_id?: string | undefined;
  /** ISO 639-1, for models that take one. */
  readonly language_code?: string | null | undefined;
  readonly voice_settings?: VoiceSettings | null | undefined;
  /** At most 3, applied in order. */
  readonly pronunciation_dictionary_locators?: readonly PronunciationDictionaryLocator[] | null | undefined;
  /** 0 to 4294967295; the same seed and request give much the same speech. */
  readonly seed?: number | null | undefined;
  /** What was spoken before, for a voice that goes on. */
  readonly previous_text?: string | null | undefined;
  /** What will be spoken next. */
  readonly next_text?: string | null | undefined;
  /** `requestId` of at most 3 requests before this one. */
  readonly previous_request_ids?: readonly string[] | null | undefined;
  /** `requestId` of at most 3 requests after this one. */
  readonly next_request_ids?: readonly string[] | null | undefined;
  /** @deprecated by the service. */
  readonly use_pvc_as_ivc?: boolean | undefined;
  readonly apply_text_normalization?: 'auto' | 'on' | 'off' | undefined;
  readonly apply_language_text_normalization?: boolean | undefined;
  readonly audio_effects?: AudioEffects | null | undefined;
}
