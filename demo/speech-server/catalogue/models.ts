/** A model as the service describes one. */
export interface Model {
  readonly model_id: string;
  readonly name: string;
  readonly can_be_finetuned: boolean;
  readonly can_do_text_to_speech: boolean;
  readonly can_do_voice_conversion: boolean;
  readonly can_use_style: boolean;
  readonly can_use_speaker_boost: boolean;
  readonly serves_pro_voices: boolean;
  readonly token_cost_factor: number;
  readonly description: string;
  readonly requires_alpha_access: boolean;
  readonly max_characters_request_free_user: number;
  readonly max_characters_request_subscribed_user: number;
  readonly maximum_text_length_per_request: number;
  readonly languages: readonly { readonly language_id: string; readonly name: string }[];
  readonly model_rates: { readonly character_cost_multiplier: number };
  readonly concurrency_group: string;
}

/** The model of a request that names none. */
export const defaultModelId = 'eleven_multilingual_v2';

/** Every model. They differ in their limit and their cost only: flite speaks for all of them. */
export const models: readonly Model[] = [
  describe(defaultModelId, 'Eleven Multilingual v2', 10_000, 1, 'standard'),
  describe('eleven_flash_v2_5', 'Eleven Flash v2.5', 40_000, 0.5, 'turbo'),
  describe('eleven_flash_v2', 'Eleven Flash v2', 30_000, 0.5, 'turbo'),
  describe('eleven_turbo_v2_5', 'Eleven Turbo v2.5', 40_000, 0.5, 'turbo'),
  describe('eleven_turbo_v2', 'Eleven Turbo v2', 30_000, 0.5, 'turbo'),
  describe('eleven_v3', 'Eleven v3', 5_000, 1, 'standard'),
];

/** The model with that id, or `undefined`. */
export function findModel(id: string): Model | undefined {
  return models.find((model) => model.model_id === id);
}

function describe(id: string, name: string, limit: number, cost: number, concurrencyGroup: string): Model {
  return {
    model_id: id,
    name,
    can_be_finetuned: false,
    can_do_text_to_speech: true,
    can_do_voice_conversion: false,
    can_use_style: false,
    can_use_speaker_boost: false,
    serves_pro_voices: false,
    token_cost_factor: cost,
    description: 'A local stand-in for the model of this name: English only, spoken by flite.',
    requires_alpha_access: false,
    max_characters_request_free_user: limit,
    max_characters_request_subscribed_user: limit,
    maximum_text_length_per_request: limit,
    languages: [{ language_id: 'en', name: 'English' }],
    model_rates: { character_cost_multiplier: cost },
    concurrency_group: concurrencyGroup,
  };
}
