import { LiveSpeech, type LiveSpeechOptions } from '../../src/core/live-speech.ts';
import type { SocketFrame } from '../../src/core/parse-socket-frame.ts';
import { multiStreamInput, type SocketDialect } from '../../src/core/socket-dialect.ts';
import type { SpeechChunk } from '../../src/core/speech-chunk.ts';
import { TimeBases } from '../../src/core/time-base.ts';
import { speak } from '../core/alignment-cases/build-alignment.ts';

/** Times of the messages that {@link say} makes count from their own audio. */
export const bases = new TimeBases('chunk');

/** A live speech as tests want it: its messages are taken and its frames brought by hand. 16 kHz PCM, context `a`. */
export function newSpeech(options: Partial<LiveSpeechOptions> = {}): LiveSpeech {
  return new LiveSpeech({
    id: 'a',
    format: 'pcm_16000',
    locale: 'en',
    cut: 'word',
    idleTimeout: Infinity,
    voice: {},
    canResume: true,
    wake: () => {},
    warn: () => {},
    ...options,
  });
}

/** What a message of the service may be, besides what is said in it. */
export interface SaidOptions extends Partial<SocketFrame> {
  /** Seconds of audio; by default those of its timing. */
  readonly audio?: number;
  readonly isTimed?: boolean;
  readonly bytesPerSecond?: number;
}

/** A message of the service: a tenth of a second for each character. */
export function say(
  text: string,
  { audio, isTimed = true, bytesPerSecond = 32_000, ...frame }: SaidOptions = {},
): SocketFrame {
  const length = Math.round(((audio ?? text.length / 10) * bytesPerSecond) / 2) * 2;
  return {
    contextId: 'a',
    isFinal: false,
    chunk: {
      audio: new Uint8Array(length),
      alignment: isTimed ? speak(text) : undefined,
      normalizedAlignment: undefined,
    },
    error: undefined,
    ...frame,
  };
}

/** The last message for a context. */
export function final(contextId: string | undefined = 'a'): SocketFrame {
  return { contextId, isFinal: true, chunk: undefined, error: undefined };
}

/** Every message that a speech has to say now. */
export function takeAll(speech: LiveSpeech, dialect: SocketDialect = multiStreamInput): object[] {
  const messages: object[] = [];
  for (let taken = speech.take(dialect, {}); taken.length > 0; taken = speech.take(dialect, {}))
    messages.push(...taken);
  return messages;
}

/** What was heard of a speech. */
export interface Heard {
  /** Seconds of 16 kHz PCM. */
  readonly seconds: number;
  /** The characters of its timing. */
  readonly text: string;
  readonly starts: readonly number[];
  readonly error: unknown;
}

/** Reads a speech that is over to its end. */
export async function hearAll({ queue }: LiveSpeech): Promise<Heard> {
  const chunks: SpeechChunk[] = [];
  let error: unknown;
  const reader = queue.read(() => {});
  try {
    for (let next = await reader.next(); !next.done; next = await reader.next()) chunks.push(next.value);
  } catch (reason) {
    error = reason;
  }
  return {
    seconds: chunks.reduce((sum, { audio }) => sum + audio.length, 0) / 32_000,
    text: chunks.flatMap(({ alignment }) => alignment?.characters ?? []).join(''),
    starts: chunks.flatMap(({ alignment }) => alignment?.starts ?? []),
    error,
  };
}
