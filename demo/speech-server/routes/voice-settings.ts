import type { FieldChecks } from './field-checks.ts';

/** The settings of a voice, as a request names them. */
export interface VoiceSettings {
  readonly stability: number;
  readonly similarity_boost: number;
  readonly style: number;
  readonly use_speaker_boost: boolean;
  /** Relative to the voice's own; the one setting that this server heeds. */
  readonly speed: number;
}

/** What the service takes where a request says nothing. */
export const defaultVoiceSettings: VoiceSettings = {
  stability: 0.5,
  similarity_boost: 0.75,
  style: 0,
  use_speaker_boost: true,
  speed: 1,
};

/** Checks the settings at `loc`; gives them with the default of each that is missing or not valid. */
export function checkVoiceSettings(checks: FieldChecks, value: unknown, loc: readonly string[]): VoiceSettings {
  const settings = checks.record(value, loc);
  const share = (name: 'stability' | 'similarity_boost' | 'style'): number =>
    checks.number(settings[name], 0, 1, [...loc, name]) ?? defaultVoiceSettings[name];
  return {
    stability: share('stability'),
    similarity_boost: share('similarity_boost'),
    style: share('style'),
    use_speaker_boost:
      checks.boolean(settings['use_speaker_boost'], [...loc, 'use_speaker_boost']) ??
      defaultVoiceSettings.use_speaker_boost,
    speed: checks.number(settings['speed'], 0.7, 1.2, [...loc, 'speed']) ?? defaultVoiceSettings.speed,
  };
}
