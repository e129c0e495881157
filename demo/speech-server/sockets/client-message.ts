import { FieldChecks } from '../routes/field-checks.ts';
import type { VoiceSettings } from '../routes/voice-settings.ts';
import { checkVoiceSettings } from '../routes/voice-settings.ts';
import { messageCredentials } from './socket-credentials.ts';
import { SocketError } from './socket-error.ts';

/** A message of either WebSocket, whichever of its fields were there. */
export interface ClientMessage {
  readonly text: string | undefined;
  readonly contextId: string | undefined;
  readonly triggersGeneration: boolean;
  readonly flushes: boolean;
  readonly closesContext: boolean;
  readonly closesSocket: boolean;
  readonly voiceSettings: VoiceSettings | undefined;
  /** The chunk length schedule, in characters. */
  readonly schedule: readonly number[] | undefined;
  readonly hasCredentials: boolean;
}

/** Reads a text frame. Throws the error that ends the connection if it isn't a message or holds credentials that are refused. */
export function parseClientMessage(frame: string): ClientMessage {
  const fields = parseObject(frame);
  const checks = new FieldChecks();
  const text = (name: string): string | undefined => checks.string(fields[name], [name]);
  const flag = (name: string): boolean => checks.boolean(fields[name], [name]) ?? false;
  const settings = fields['voice_settings'] ?? undefined;
  checkLocators(checks, fields['pronunciation_dictionary_locators']);
  const message = {
    text: text('text'),
    contextId: text('context_id'),
    triggersGeneration: flag('try_trigger_generation'),
    flushes: flag('flush'),
    closesContext: flag('close_context'),
    closesSocket: flag('close_socket'),
    voiceSettings: settings === undefined ? undefined : checkVoiceSettings(checks, settings, ['voice_settings']),
    schedule: checkSchedule(checks, fields, 'generation_config') ?? checkSchedule(checks, fields, 'generator_config'),
  };
  const apiKey = text('xi-api-key') ?? text('xi_api_key');
  const authorization = text('authorization');
  const [issue] = checks.issues;
  if (issue !== undefined) throw new SocketError('invalid_message', `${issue.loc.join('.')}: ${issue.msg}`);
  return { ...message, hasCredentials: messageCredentials(apiKey, authorization) };
}

function parseObject(frame: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    throw new SocketError('invalid_message', 'The message is not JSON.');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new SocketError('invalid_message', 'The message is not a JSON object.');
}

function checkSchedule(
  checks: FieldChecks,
  fields: Readonly<Record<string, unknown>>,
  name: string,
): number[] | undefined {
  const loc = [name, 'chunk_length_schedule'];
  const { chunk_length_schedule: schedule } = checks.record(fields[name], [name]);
  const lengths = checks.list(schedule, 50, loc).flatMap((length, index) => {
    return checks.number(length ?? 'null', 50, 500, [...loc, index]) ?? [];
  });
  return lengths.length === 0 ? undefined : lengths;
}

function checkLocators(checks: FieldChecks, value: unknown): void {
  const loc = ['pronunciation_dictionary_locators'];
  for (const [index, locator] of checks.list(value, 3, loc).entries()) {
    const fields = checks.record(locator, [...loc, index]);
    for (const name of ['pronunciation_dictionary_id', 'version_id']) {
      checks.requiredString(fields[name], [...loc, index, name]);
    }
  }
}
