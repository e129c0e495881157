import type { TextToSpeechRequest } from '../../core/text-to-speech-request.ts';
import { Refusal } from '../refusal.ts';
import {
  isFlag,
  isId,
  isLocators,
  isNumber,
  isText,
  isVoiceSettings,
  listOf,
  objectOf,
  orNull,
  wholeCharacters,
  type Check,
} from './wire-checks.ts';

const isLanguage: Check = (value) => typeof value === 'string' && /^[A-Za-z-]{1,35}$/.test(value);
const isSeed: Check = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 0xff_ff_ff_ff;
const isNormalization: Check = (value) => value === 'auto' || value === 'on' || value === 'off';

const fields: Readonly<Record<keyof TextToSpeechRequest, Check>> = {
  text: isText,
  model_id: isId,
  language_code: orNull(isLanguage),
  voice_settings: orNull(isVoiceSettings),
  pronunciation_dictionary_locators: orNull(isLocators),
  seed: orNull(isSeed),
  previous_text: orNull(isText),
  next_text: orNull(isText),
  previous_request_ids: orNull(listOf(10, isId)),
  next_request_ids: orNull(listOf(10, isId)),
  use_pvc_as_ivc: isFlag,
  apply_text_normalization: isNormalization,
  apply_language_text_normalization: isFlag,
  audio_effects: orNull(
    objectOf({
      filter_preset_id: orNull(isId),
      distance: orNull(isNumber),
      environment_id: orNull(isId),
      background_noise_id: orNull(isId),
      send_level: orNull(isNumber),
      pan: orNull(isNumber),
      seed: orNull(isSeed),
    }),
  ),
};

/**
 * What of a page's request goes to the service: the fields of the service's own request, each of its type.
 *
 * @throws Refusal `invalid_request` for a field that is unknown or can't be right
 */
export function speechBody(body: Readonly<Record<string, unknown>>): TextToSpeechRequest {
  for (const [name, value] of Object.entries(body)) {
    const check = Object.hasOwn(fields, name) ? fields[name as keyof typeof fields] : undefined;
    if (!check) throw new Refusal('invalid_request', 'The body holds a field that is not open here.');
    if (!check(value)) throw new Refusal('invalid_request', `${name} is not what it must be.`);
  }
  const { text, ...others } = body as Partial<TextToSpeechRequest>;
  if (!text?.trim()) throw new Refusal('invalid_request', 'text is empty: send what to speak.');
  return { text: wholeCharacters(text), ...others };
}
