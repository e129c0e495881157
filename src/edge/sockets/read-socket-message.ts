import { Refusal } from '../refusal.ts';
import { parseJsonObject } from '../request/parse-json-object.ts';
import {
  isFlag,
  isLocators,
  isNumber,
  isText,
  isVoiceSettings,
  listOf,
  objectOf,
  wholeCharacters,
  type Check,
} from '../request/wire-checks.ts';
import { isContextId } from './is-context-id.ts';

/** A message of a page's, fit for the service. */
export interface SocketMessage {
  /** JSON. */
  readonly json: string;
  /** What it has spoken; empty where it holds no text. */
  readonly text: string;
}

const longestSchedule = 50;

const isGenerationConfig: Check = objectOf({ chunk_length_schedule: listOf(longestSchedule, isNumber) });

const common: Readonly<Record<string, Check>> = {
  text: isText,
  flush: isFlag,
  voice_settings: isVoiceSettings,
  generation_config: isGenerationConfig,
  pronunciation_dictionary_locators: isLocators,
};

/** The fields that go to the service: never one that may hold a key. */
const fields: Readonly<Record<'connect' | 'connectMulti', readonly (readonly [name: string, check: Check])[]>> = {
  connect: Object.entries({ ...common, try_trigger_generation: isFlag, generator_config: isGenerationConfig }),
  connectMulti: Object.entries({ ...common, context_id: isContextId, close_context: isFlag, close_socket: isFlag }),
};

/**
 * What of a page's message goes to the service; `undefined` where nothing is left. Fields that the call does not know are
 * dropped, null counts as left out, and half a surrogate pair, which is no character, becomes U+FFFD.
 *
 * @throws Refusal `invalid_request` for what is no message
 */
export function readSocketMessage(call: 'connect' | 'connectMulti', frame: string): SocketMessage | undefined {
  const said = parseJsonObject(frame);
  if (!said) throw new Refusal('invalid_request', 'A message is not a JSON object.');
  const message: Record<string, unknown> = {};
  for (const [name, isRight] of fields[call]) {
    const value = Object.hasOwn(said, name) ? (said[name] ?? undefined) : undefined;
    if (value === undefined) continue;
    if (!isRight(value)) throw new Refusal('invalid_request', `${name} is not what it must be.`);
    message[name] = name === 'text' ? wholeCharacters(value as string) : value;
  }
  if (Object.keys(message).length === 0) return undefined;
  return { json: JSON.stringify(message), text: (message['text'] as string | undefined) ?? '' };
}
