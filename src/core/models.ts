import type { CallOptions, Transport } from './http-transport.ts';
import { readJson } from './reply.ts';

/** A model of the service, in the service's own names. */
export interface Model {
  readonly model_id: string;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly can_be_finetuned?: boolean | null;
  readonly can_do_text_to_speech?: boolean | null;
  readonly can_do_voice_conversion?: boolean | null;
  readonly can_use_style?: boolean | null;
  readonly can_use_speaker_boost?: boolean | null;
  readonly serves_pro_voices?: boolean | null;
  readonly token_cost_factor?: number | null;
  readonly requires_alpha_access?: boolean | null;
  readonly max_characters_request_free_user?: number | null;
  readonly max_characters_request_subscribed_user?: number | null;
  readonly maximum_text_length_per_request?: number | null;
  readonly languages?: readonly { readonly language_id: string; readonly name: string }[] | null;
  readonly model_rates?: {
    readonly character_cost_multiplier: number;
    readonly cost_discount_multiplier?: number | null;
  } | null;
  readonly concurrency_group?: string | null;
  readonly [field: string]: unknown;
}

/** The models of the service. */
export async function listModels(transport: Transport, options?: CallOptions): Promise<Model[]> {
  const reply = await transport.send({ method: 'GET', path: '/v1/models' }, options);
  return readJson<Model[]>(reply, Array.isArray);
}
