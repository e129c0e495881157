import type { FliteVoice } from '../engine/flite-engine.ts';

/** A voice as the service describes one. */
export interface Voice {
  readonly voice_id: string;
  readonly name: string;
  readonly samples: null;
  readonly category: string;
  readonly fine_tuning: { readonly is_allowed_to_fine_tune: boolean; readonly state: Record<string, string> };
  readonly labels: Readonly<Record<string, string>>;
  readonly description: string;
  readonly preview_url: null;
  readonly available_for_tiers: readonly string[];
  readonly settings: {
    readonly stability: number;
    readonly use_speaker_boost: boolean;
    readonly similarity_boost: number;
    readonly style: number;
    readonly speed: number;
  };
  readonly sharing: null;
  readonly high_quality_base_model_ids: readonly string[];
  readonly verified_languages: readonly Record<string, string | null>[];
  readonly voice_verification: null;
  readonly is_owner: boolean;
  readonly is_legacy: boolean;
  readonly is_mixed: boolean;
  readonly created_at_unix: number;
}

interface Speaker {
  readonly voice: FliteVoice;
  readonly id: string;
  readonly name: string;
  readonly gender: string;
  readonly age: string;
  readonly accent: string;
  readonly description: string;
}

const speakers: readonly Speaker[] = [
  {
    voice: 'rms',
    id: 'rmsUsEnglishMale0001',
    name: 'Russell',
    gender: 'male',
    age: 'middle_aged',
    accent: 'american',
    description: 'A calm American man; the clearest of the local voices.',
  },
  {
    voice: 'slt',
    id: 'sltUsEnglishFemale01',
    name: 'Selma',
    gender: 'female',
    age: 'young',
    accent: 'american',
    description: 'An American woman with a lively voice.',
  },
  {
    voice: 'awb',
    id: 'awbScotsEnglishMan01',
    name: 'Alastair',
    gender: 'male',
    age: 'middle_aged',
    accent: 'scottish',
    description: 'A Scottish man who speaks slowly.',
  },
  {
    voice: 'kal16',
    id: 'kal16UsEnglishMale01',
    name: 'Calvin',
    gender: 'male',
    age: 'middle_aged',
    accent: 'american',
    description: 'A robotic American man, twenty times as fast to make as the others: for tests.',
  },
];

/** The voice id that the service's own examples use; here it is another name of the first voice. */
const exampleVoiceId = 'JBFqnCBsd6RMkjVDRZzb';

/** Every voice, newest first. */
export const voices: readonly Voice[] = speakers.map((speaker, index) => ({
  voice_id: speaker.id,
  name: speaker.name,
  samples: null,
  category: 'premade',
  fine_tuning: { is_allowed_to_fine_tune: false, state: {} },
  labels: { gender: speaker.gender, age: speaker.age, accent: speaker.accent, language: 'en', use_case: 'narration' },
  description: `${speaker.description} A local stand-in, spoken by flite.`,
  preview_url: null,
  available_for_tiers: [],
  settings: { stability: 0.5, use_speaker_boost: true, similarity_boost: 0.75, style: 0, speed: 1 },
  sharing: null,
  high_quality_base_model_ids: [],
  verified_languages: [
    { language: 'en', model_id: 'eleven_multilingual_v2', accent: speaker.accent, locale: 'en-US', preview_url: null },
  ],
  voice_verification: null,
  is_owner: false,
  is_legacy: false,
  is_mixed: false,
  created_at_unix: 1_760_000_000 - index * 86_400,
}));

/** The voice with that id, or `undefined`. */
export function findVoice(id: string): Voice | undefined {
  return voices[speakerIndex(id)];
}

/** The engine's name of the voice with that id, or `undefined`. */
export function findSpeaker(id: string): FliteVoice | undefined {
  return speakers[speakerIndex(id)]?.voice;
}

function speakerIndex(id: string): number {
  return id === exampleVoiceId ? 0 : speakers.findIndex((speaker) => speaker.id === id);
}
