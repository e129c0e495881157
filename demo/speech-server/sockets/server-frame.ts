import type { Faults } from '../wire/faults.ts';
import type { AudioFrame, FrameTimes } from './cut-frames.ts';
import type { SocketError } from './socket-error.ts';

interface WireTimes {
  readonly chars: readonly string[];
  readonly charStartTimesMs: readonly number[];
  readonly charDurationsMs: readonly number[];
}

/** A frame of audio as JSON; `offset` is where its generation begins in its context, in milliseconds. */
export function audioFrame(
  frame: AudioFrame,
  contextId: string | undefined,
  offset: number,
  faults: Faults,
): Record<string, unknown> {
  return {
    audio: Buffer.from(frame.audio).toString('base64'),
    [faults.snake_ids ? 'is_final' : 'isFinal']: null,
    alignment: wireTimes(frame.alignment, offset, faults),
    normalizedAlignment: wireTimes(frame.normalizedAlignment, offset, faults),
    ...contextField(contextId, faults),
  };
}

/** The frame that ends a context, as JSON. */
export function finalFrame(contextId: string | undefined, faults: Faults): object {
  return {
    audio: null,
    [faults.snake_ids ? 'is_final' : 'isFinal']: true,
    alignment: null,
    normalizedAlignment: null,
    ...contextField(contextId, faults),
  };
}

/** The frame that tells an error, as JSON. */
export function errorFrame(error: SocketError, contextId: string | undefined, faults: Faults): object {
  return { message: error.message, error: error.error, code: error.code, ...contextField(contextId, faults) };
}

function contextField(contextId: string | undefined, faults: Faults): object {
  if (contextId === undefined) return {};
  return { [faults.snake_ids ? 'context_id' : 'contextId']: contextId };
}

function wireTimes(times: FrameTimes, offset: number, faults: Faults): WireTimes | null {
  if (times.characters.length === 0) return null;
  const shift = faults.time_base ? offset : -times.base;
  return {
    chars: times.characters,
    charStartTimesMs: times.starts.map((start) => (faults.zero_alignment ? 0 : start + shift)),
    charDurationsMs: times.ends.map((end, index) => (faults.zero_alignment ? 0 : end - (times.starts[index] ?? end))),
  };
}
