import { defaultOutputFormat } from '../../core/output-format.ts';
import { Refusal } from '../refusal.ts';
import type { SpeechGrants, SpeechOperation } from './speech-grants.ts';

/** What a request wants to do. */
export interface WantedSpeech {
  readonly operation: SpeechOperation;
  readonly voiceId?: string | undefined;
  /** `model_id`. */
  readonly modelId?: string | undefined;
  /** `output_format`; the service's own default when left out. */
  readonly format?: string | undefined;
  /** Code points; left out where they are counted as they come. */
  readonly characters?: number | undefined;
}

/**
 * Lets pass what is granted. A list of voices or models needs no voice, model or format of its own.
 *
 * @throws Refusal `not_granted`, or `text_too_long` beyond `charactersPerRequest`.
 */
export function checkGrants(grants: SpeechGrants, wanted: WantedSpeech): void {
  const { operation, voiceId, modelId, format = defaultOutputFormat, characters = 0 } = wanted;
  const isSpeech = operation !== 'models' && operation !== 'voices';
  requireGrant(grants.operations, operation, 'operation');
  if (isSpeech || voiceId !== undefined) requireGrant(grants.voices, voiceId, 'voice');
  if (!isSpeech) return;
  if (grants.models && modelId === undefined) {
    throw new Refusal('not_granted', 'This token is good for certain models only: name one of them as model_id.');
  }
  requireGrant(grants.models, modelId, 'model_id');
  requireGrant(grants.formats, format, 'output_format');
  // Written so that a limit that is no number lets nothing pass.
  if (grants.charactersPerRequest !== undefined && !(characters <= grants.charactersPerRequest)) {
    throw new Refusal('text_too_long', 'The text is longer than this token allows for one request: send it in parts.');
  }
}

function requireGrant<Name extends string>(
  granted: readonly Name[] | undefined,
  wanted: Name | undefined,
  field: string,
): void {
  if (granted === undefined || (wanted !== undefined && granted.includes(wanted))) return;
  throw new Refusal('not_granted', `This token is not good for this ${field}: ask for one that is.`);
}
