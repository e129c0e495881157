import { errorFromFrame } from './error-from-frame.ts';
import { parseAlignment } from './parse-alignment.ts';
import { parseSpeechAudio } from './parse-speech-chunk.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import type { SpeechError } from './speech-error.ts';
import { unexpectedReply } from './unexpected-reply.ts';

/** A message of the service's sockets. The times of its alignments are as the wire has them. */
export interface SocketFrame {
  /** `undefined` where the message names none. */
  readonly contextId: string | undefined;
  /** Nothing more comes for the context, or for the connection that has none. */
  readonly isFinal: boolean;
  /** Absent where the message brings none. */
  readonly chunk: SpeechChunk | undefined;
  /** What the message tells of, if it is an error. */
  readonly error: SpeechError | undefined;
}

/**
 * A message of the service's sockets, in any of the spellings that are in use.
 *
 * @param warn Told when an alignment is malformed: left out or repaired.
 * @throws SpeechError `protocol` when it is none.
 */
export function parseSocketFrame(json: string, warn: (message: string) => void): SocketFrame {
  const wire = parseObject(json);
  const contextId = wire['contextId'] ?? wire['context_id'];
  const audio = wire['audio'];
  const alignment = parseAlignment(wire['alignment'], warn);
  const normalizedAlignment = parseAlignment(wire['normalizedAlignment'] ?? wire['normalized_alignment'], warn);
  const isFinal = (wire['isFinal'] ?? wire['is_final']) === true;
  const hasChunk = !!audio || alignment !== undefined || normalizedAlignment !== undefined;
  return {
    contextId: typeof contextId === 'string' ? contextId : undefined,
    isFinal,
    chunk: hasChunk ? { audio: parseSpeechAudio(audio ?? ''), alignment, normalizedAlignment } : undefined,
    error: !hasChunk && isError(wire, isFinal) ? errorFromFrame(wire) : undefined,
  };
}

function isError({ error, detail, code, type, status }: Readonly<Record<string, unknown>>, isFinal: boolean): boolean {
  if (type === 'error' || status === 'error') return true;
  return [error, detail, isFinal ? undefined : code].some(Boolean);
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  try {
    const wire = JSON.parse(json) as unknown;
    if (typeof wire === 'object' && wire !== null && !Array.isArray(wire))
      return wire as Readonly<Record<string, unknown>>;
  } catch {
    // The parser's own error quotes the message.
  }
  throw unexpectedReply('A message of the socket is not what the protocol says');
}
