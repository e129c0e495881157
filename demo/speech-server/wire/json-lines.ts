import type { SpeechPiece } from '../speech/speech-piece.ts';
import type { Faults } from './faults.ts';
import { serviceErrors } from './service-error.ts';
import type { TimestampedSpeech } from './timestamped-speech.ts';
import { timestampedSpeech } from './timestamped-speech.ts';

/** One JSON object a line, in UTF-8, with the faults that concern lines. */
export async function* jsonLines(
  pieces: AsyncIterable<SpeechPiece>,
  faults: Faults,
  requestId: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  const prefix = faults.data_prefix ? 'data: ' : '';
  const separator = faults.blank_lines ? '\n\r\n\n' : '\n';
  let count = 0;
  for await (const piece of pieces) {
    if (count === faults.error_after) {
      yield encoder.encode(`${JSON.stringify(serviceErrors.internal().body(requestId))}\n`);
      return;
    }
    const line = prefix + JSON.stringify(spoilTimes(timestampedSpeech(piece), faults, ++count));
    // A line without its end can't be known to be the last: then each end waits for the line behind it.
    if (!faults.no_final_newline) yield encoder.encode(line + separator);
    else yield encoder.encode(count === 1 ? line : separator + line);
  }
}

function spoilTimes(speech: TimestampedSpeech, faults: Faults, count: number): TimestampedSpeech {
  if (faults.null_alignment && count % faults.null_alignment === 0) {
    return { ...speech, alignment: null, normalized_alignment: null };
  }
  if (!faults.zero_alignment || speech.alignment === null) return speech;
  const zeros = speech.alignment.characters.map(() => 0);
  const alignment = {
    characters: speech.alignment.characters,
    character_start_times_seconds: zeros,
    character_end_times_seconds: zeros,
  };
  return { ...speech, alignment };
}
