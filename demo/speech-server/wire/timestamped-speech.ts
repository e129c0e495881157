import type { TimedCharacters } from '../alignment/timeline.ts';
import type { SpeechPiece } from '../speech/speech-piece.ts';

interface WireAlignment {
  readonly characters: readonly string[];
  readonly character_start_times_seconds: readonly number[];
  readonly character_end_times_seconds: readonly number[];
}

/** The service's JSON for audio with timing; an alignment without characters is `null`. */
export interface TimestampedSpeech {
  readonly audio_base64: string;
  readonly alignment: WireAlignment | null;
  readonly normalized_alignment: WireAlignment | null;
}

export function timestampedSpeech(piece: SpeechPiece): TimestampedSpeech {
  return {
    audio_base64: Buffer.from(piece.audio).toString('base64'),
    alignment: wireAlignment(piece.alignment),
    normalized_alignment: wireAlignment(piece.normalizedAlignment),
  };
}

function wireAlignment(times: TimedCharacters): WireAlignment | null {
  if (times.characters.length === 0) return null;
  return {
    characters: times.characters,
    character_start_times_seconds: times.starts,
    character_end_times_seconds: times.ends,
  };
}
