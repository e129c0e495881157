import type { VoiceSettings } from './text-to-speech-request.ts';

/** A voice, in the service's own names. */
export interface Voice {
  readonly voice_id: string;
  readonly name?: string | null;
  /** `premade`, `cloned`, `generated`, `professional`, or another. */
  readonly category?: string | null;
  readonly description?: string | null;
  /** Such as `accent`, `gender`, `age`, `use_case`. */
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly preview_url?: string | null;
  readonly settings?: VoiceSettings | null;
  readonly high_quality_base_model_ids?: readonly string[] | null;
  readonly verified_languages?: readonly VerifiedLanguage[] | null;
  readonly [field: string]: unknown;
}

/** A language that a voice is known to speak well. */
export interface VerifiedLanguage {
  readonly language: string;
  readonly model_id?: string | null;
  readonly accent?: string | null;
  readonly locale?: string | null;
  readonly preview_url?: string | null;
}
