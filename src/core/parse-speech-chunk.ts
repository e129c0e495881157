import { decodeBase64 } from './base64.ts';
import { errorFromReply } from './error-from-reply.ts';
import { parseAlignment } from './parse-alignment.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import { unexpectedReply } from './unexpected-reply.ts';

/**
 * A piece of speech from the service's JSON; `undefined` for JSON that is neither speech nor error.
 *
 * @param warn Told when an alignment is malformed: left out or repaired.
 * @throws SpeechError when the JSON tells of an error, or when its audio is not base64.
 */
export function parseSpeechChunk(
  wire: unknown,
  requestId: string | undefined,
  warn: (message: string) => void,
): SpeechChunk | undefined {
  if (typeof wire !== 'object' || wire === null) throw malformed(requestId);
  const { audio_base64, alignment, normalized_alignment, ...others } = wire as Readonly<Record<string, unknown>>;
  if (audio_base64 === undefined && alignment === undefined && normalized_alignment === undefined) {
    const { detail, error, message, code, status } = others;
    if ((detail ?? error ?? message ?? code) || status === 'error') throw errorFromReply({ body: wire, requestId });
    return undefined;
  }
  return {
    audio: parseSpeechAudio(audio_base64 ?? '', requestId),
    alignment: parseAlignment(alignment, warn),
    normalizedAlignment: parseAlignment(normalized_alignment, warn),
  };
}

/**
 * The bytes of an audio field.
 *
 * @throws SpeechError `protocol` when it is not base64.
 */
export function parseSpeechAudio(value: unknown, requestId?: string): Uint8Array<ArrayBuffer> {
  try {
    if (typeof value === 'string') return decodeBase64(value);
  } catch {
    // Told below.
  }
  throw malformed(requestId);
}

function malformed(requestId: string | undefined): Error {
  return unexpectedReply('The reply holds no speech', requestId);
}
