import { readJsonLines } from './json-lines.ts';
import { bytesPerSample, type StreamOutputFormat } from './output-format.ts';
import { parseSpeechChunk } from './parse-speech-chunk.ts';
import type { Reply, ReplyInfo } from './reply.ts';
import { createSampleCarry } from './sample-carry.ts';
import type { SpeechChunk } from './speech-chunk.ts';
import { unexpectedReply } from './unexpected-reply.ts';

/** Where speech is read from. */
export interface SpeechOrigin {
  readonly format: StreamOutputFormat;
  /** Sends the request. */
  readonly open: (signal: AbortSignal) => Promise<Reply>;
}

/** Whom reading tells of what it finds besides speech. */
export interface SpeechNotes {
  onResponse(response: ReplyInfo): void;
  /** Something was wrong with the reply without harm to the audio. */
  onWarning(message: string): void;
}

/**
 * Speech as it arrives. The request is sent when the reading begins; `signal` ends both.
 *
 * @throws SpeechError when there is no reply, no speech in it, or it breaks off; the signal's reason once it aborts
 */
export async function* readSpeech(
  { format, open }: SpeechOrigin,
  signal: AbortSignal,
  notes?: SpeechNotes,
): AsyncGenerator<SpeechChunk, undefined, undefined> {
  const carry = createSampleCarry(bytesPerSample(format));
  let isEmpty = true;
  const { body, ...info } = await open(signal);
  notes?.onResponse(info);
  for await (const line of readJsonLines(body, info.requestId)) {
    // Lines that came in one packet are no reason to go on.
    signal.throwIfAborted();
    const chunk = parseSpeechChunk(line, info.requestId, (message) => notes?.onWarning(message));
    if (!chunk) continue;
    isEmpty &&= chunk.audio.length === 0;
    yield { ...chunk, audio: carry(chunk.audio) };
  }
  signal.throwIfAborted();
  if (isEmpty) throw unexpectedReply('The reply holds no speech', info.requestId);
  return undefined;
}
