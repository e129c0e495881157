import type { Alignment } from './alignment.ts';
import { decodeBase64 } from './base64.ts';
import { errorFromReply } from './error-from-reply.ts';
import { readAlignment } from './parse-alignment.ts';
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
  const fields = wire as Record<string, unknown>;
  const known = ['audio_base64', 'alignment', 'normalized_alignment'].some((name) => name in fields);
  if (!known) {
    if ('detail' in fields || 'error' in fields) throw errorFromReply({ body: wire, requestId });
    return undefined;
  }
  return {
    audio: parseAudio(fields['audio_base64'] ?? '', requestId),
    alignment: parseTiming(fields['alignment'], warn),
    normalizedAlignment: parseTiming(fields['normalized_alignment'], warn),
  };
}

function parseAudio(value: unknown, requestId: string | undefined): Uint8Array<ArrayBuffer> {
  try {
    if (typeof value === 'string') return decodeBase64(value);
  } catch {
    // Told below.
  }
  throw malformed(requestId);
}

function parseTiming(value: unknown, warn: (message: string) => void): Alignment | undefined {
  const { alignment, problem } = readAlignment(value);
  if (problem) warn(problem);
  return alignment;
}

function malformed(requestId: string | undefined): Error {
  return unexpectedReply('The reply holds no speech that can be read', requestId);
}
