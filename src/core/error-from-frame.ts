import { errorFromReply } from './error-from-reply.ts';
import type { SpeechError, SpeechErrorCode } from './speech-error.ts';

/** What the service's names mean on a socket, where no status tells; the first that fits counts. */
const names: readonly (readonly [name: RegExp, code: SpeechErrorCode])[] = [
  [/\bmax_character_limit_exceeded\b/, 'invalid-request'],
  [/_unusual_activity\b/, 'forbidden'],
  [/api_key|authorization/, 'unauthorized'],
  [/input_timeout/, 'timeout'],
  [/limit|too_many|max_|contexts|busy/, 'rate-limited'],
  [/\binvalid_/, 'invalid-request'],
];

/** The error that a message of a socket tells of. */
export function errorFromFrame(body: unknown): SpeechError {
  return errorFromReply({ body, names });
}
