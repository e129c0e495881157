import { defaultFormat } from '../audio/output-format.ts';
import { defaultModelId, models } from '../catalogue/models.ts';
import { ServiceError } from '../wire/service-error.ts';
import { FieldChecks, queryValue } from './field-checks.ts';
import { checkVoiceSettings } from './voice-settings.ts';

/** What a text-to-speech request asks for, of what this server heeds. */
export interface SpeechRequest {
  readonly text: string;
  readonly modelId: string;
  readonly speed: number;
  readonly outputFormat: string;
  readonly enableLogging: boolean;
}

/** How `apply_text_normalization` may be set. */
export const normalizations: readonly string[] = ['auto', 'on', 'off'];

/** Reads a request; the fields that can't matter here are checked too. Throws the service's validation error. */
export function parseSpeechRequest(
  body: unknown,
  query: Readonly<Record<string, string>>,
  formats: readonly string[],
): SpeechRequest {
  const checks = new FieldChecks();
  const loggingText = queryValue(query['enable_logging']);
  const latency = queryValue(query['optimize_streaming_latency']);
  const outputFormat = checks.oneOf(query['output_format'], formats, ['query', 'output_format']);
  const enableLogging = checks.boolean(loggingText, ['query', 'enable_logging']);
  checks.integer(latency, 0, 4, ['query', 'optimize_streaming_latency']);
  const fields = checks.record(body, ['body']);
  const text = checks.requiredString(fields['text'], ['body', 'text']);
  const modelIds = models.map((model) => model.model_id);
  const modelId = checks.oneOf(fields['model_id'], modelIds, ['body', 'model_id']);
  const { speed } = checkVoiceSettings(checks, fields['voice_settings'], ['body', 'voice_settings']);
  checkOtherFields(checks, fields);
  if (checks.issues.length > 0 || text === undefined) throw new ServiceError(422, checks.issues);
  return {
    text,
    modelId: modelId ?? defaultModelId,
    speed,
    outputFormat: outputFormat ?? defaultFormat,
    enableLogging: enableLogging ?? true,
  };
}

function checkOtherFields(checks: FieldChecks, fields: Readonly<Record<string, unknown>>): void {
  for (const name of ['language_code', 'previous_text', 'next_text']) checks.string(fields[name], ['body', name]);
  for (const name of ['use_pvc_as_ivc', 'apply_language_text_normalization'])
    checks.boolean(fields[name], ['body', name]);
  checks.integer(fields['seed'], 0, 4_294_967_295, ['body', 'seed']);
  checks.oneOf(fields['apply_text_normalization'], normalizations, ['body', 'apply_text_normalization']);
  for (const name of ['previous_request_ids', 'next_request_ids']) {
    for (const [index, id] of checks.list(fields[name], 3, ['body', name]).entries()) {
      checks.requiredString(id, ['body', name, index]);
    }
  }
  const name = 'pronunciation_dictionary_locators';
  for (const [index, locator] of checks.list(fields[name], 3, ['body', name]).entries()) {
    const loc = ['body', name, index];
    const { pronunciation_dictionary_id: id } = checks.record(locator, loc);
    checks.requiredString(id, [...loc, 'pronunciation_dictionary_id']);
  }
}
