import { Refusal } from '../refusal.ts';
import type { SpeechRoute } from './speech-route.ts';

/** What a parameter may be. */
interface Parameter {
  readonly value: RegExp;
  /** Whether it may come several times. */
  readonly isList?: boolean;
}

const yesOrNo: Parameter = { value: /^(?:true|false)$/ };
const name: Parameter = { value: /^[\w.-]{1,64}$/ };
const words: Parameter = { value: /^[^\p{Cc}\p{Cs}]{1,200}$/u };
const list: Parameter = { ...words, isList: true };
const count: Parameter = { value: /^\d{1,10}$/ };

const speechParameters: Parameters = {
  output_format: name,
  enable_logging: yesOrNo,
  optimize_streaming_latency: { value: /^[0-4]$/ },
};
const socketParameters: Parameters = {
  model_id: name,
  output_format: name,
  language_code: name,
  enable_logging: yesOrNo,
  enable_ssml_parsing: yesOrNo,
  sync_alignment: yesOrNo,
  auto_mode: yesOrNo,
  inactivity_timeout: { value: /^\d{1,3}(?:\.\d{1,3})?$/ },
  apply_text_normalization: { value: /^(?:auto|on|off)$/ },
  seed: count,
};
const voicesParameters: Parameters = {
  page_size: count,
  next_page_token: words,
  search: words,
  sort: name,
  sort_direction: name,
  voice_type: name,
  category: name,
  fine_tuning_state: name,
  collection_id: name,
  gender: words,
  age: words,
  language: list,
  accent: words,
  use_cases: list,
  min_notice_period_days: count,
  include_custom_rates: yesOrNo,
  include_live_moderated: yesOrNo,
  include_total_count: yesOrNo,
  high_quality: yesOrNo,
  voice_ids: { ...name, isList: true },
};
const voiceParameters: Parameters = { with_settings: yesOrNo };
const noParameters: Parameters = {};

type Parameters = Readonly<Record<string, Parameter>>;

/**
 * The query that goes to the service: what the route knows, and nothing that says who asks.
 *
 * @throws Refusal `invalid_request` for a parameter that is unknown, comes twice or can't be right
 */
export function allowedQuery(route: SpeechRoute, query: URLSearchParams): URLSearchParams {
  const parameters = parametersOf(route);
  const allowed = new URLSearchParams();
  for (const [key, value] of query) {
    const parameter = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (!parameter) throw new Refusal('invalid_request', 'The query holds a parameter that is not open here.');
    if (allowed.has(key) && !parameter.isList)
      throw new Refusal('invalid_request', `${key} comes twice: name it once.`);
    if (!parameter.value.test(value)) throw new Refusal('invalid_request', `${key} is not what it must be.`);
    allowed.append(key, value);
  }
  return allowed;
}

function parametersOf(route: SpeechRoute): Parameters {
  if (route.kind === 'speech') return speechParameters;
  if (route.kind === 'socket') return socketParameters;
  if (route.kind !== 'catalogue' || route.operation === 'models') return noParameters;
  return route.voiceId === undefined ? voicesParameters : voiceParameters;
}
