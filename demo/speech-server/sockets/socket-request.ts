import type { OutputFormat } from '../audio/output-format.ts';
import { defaultFormat, parseOutputFormat, socketFormats } from '../audio/output-format.ts';
import { defaultModelId, models } from '../catalogue/models.ts';
import { findSpeaker } from '../catalogue/voices.ts';
import type { FliteVoice } from '../engine/flite-engine.ts';
import { FieldChecks, queryValue } from '../routes/field-checks.ts';
import { normalizations } from '../routes/speech-request.ts';
import { ServiceError, serviceErrors } from '../wire/service-error.ts';

/** What the URL of a WebSocket asks for, of what this server heeds. */
export interface SocketRequest {
  readonly voice: FliteVoice;
  readonly modelId: string;
  readonly format: OutputFormat;
  /** In seconds. */
  readonly inactivityTimeout: number;
  /** Whether every audio frame carries the times of its own characters. */
  readonly hasSyncAlignment: boolean;
  readonly isAutoMode: boolean;
}

/** Reads the query of a WebSocket; what can't matter here is checked too. Throws the service's errors. */
export function parseSocketRequest(voiceId: string, query: URLSearchParams): SocketRequest {
  const checks = new FieldChecks();
  const text = (name: string): string | undefined => query.get(name) ?? undefined;
  const boolean = (name: string): boolean | undefined => checks.boolean(queryValue(text(name)), ['query', name]);
  const modelIds = models.map((model) => model.model_id);
  const modelId = checks.oneOf(text('model_id'), modelIds, ['query', 'model_id']) ?? defaultModelId;
  const outputFormat = checks.oneOf(text('output_format'), socketFormats, ['query', 'output_format']);
  const inactivityTimeout = checks.number(queryValue(text('inactivity_timeout')), 0, 180, [
    'query',
    'inactivity_timeout',
  ]);
  const hasSyncAlignment = boolean('sync_alignment');
  const isAutoMode = boolean('auto_mode');
  boolean('enable_logging');
  boolean('enable_ssml_parsing');
  checks.oneOf(text('apply_text_normalization'), normalizations, ['query', 'apply_text_normalization']);
  checks.integer(queryValue(text('seed')), 0, 4_294_967_295, ['query', 'seed']);
  if (checks.issues.length > 0) throw new ServiceError(422, checks.issues);
  if (modelId === 'eleven_v3') throw modelNotAllowed(modelId);
  const voice = findSpeaker(voiceId);
  if (voice === undefined) throw serviceErrors.voiceNotFound(voiceId);
  const format = parseOutputFormat(outputFormat ?? defaultFormat);
  if (format === undefined) throw serviceErrors.unsupportedFormat(outputFormat ?? defaultFormat);
  return {
    voice,
    modelId,
    format,
    inactivityTimeout: inactivityTimeout ?? 20,
    hasSyncAlignment: hasSyncAlignment ?? false,
    isAutoMode: isAutoMode ?? false,
  };
}

function modelNotAllowed(modelId: string): ServiceError {
  return new ServiceError(403, {
    type: 'authorization_error',
    code: 'model_not_allowed',
    message: `The model ${modelId} has no text-to-speech WebSocket. Use another model, or an HTTP call.`,
  });
}
