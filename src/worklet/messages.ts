/** The name under which the processor is registered. */
export const processorName = 'saylight';

/** How the bytes of a stream hold its samples; one channel always. */
export type SampleEncoding = 's16le' | 'mulaw' | 'alaw';

/** What an `AudioWorkletNode` for this processor is made with (`processorOptions`). */
export interface ProcessorOptions {
  readonly encoding: SampleEncoding;
  /** Of the stream, in Hz; the context's own rate may differ. */
  readonly sampleRate: number;
  /** Seconds of audio that must be queued before the first sample sounds. */
  readonly startMark: number;
  /** Seconds of audio that must be queued before an underrun ends; grows with each underrun. */
  readonly refillMark: number;
  /** Names this processor among those of its context. */
  readonly id: number;
  /** The processor after whose last frame this one's first frame sounds, without a gap; where it is over, at once. */
  readonly after?: number | undefined;
}

/** From the page to the processor, on the node's own port. */
export type ProcessorCommand =
  | { readonly type: 'connect'; readonly port: MessagePort }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'stop' };

/** Why the map from context frames to media time has a new piece. */
export type AnchorReason = 'start' | 'pause' | 'resume' | 'underrun' | 'refill' | 'end' | 'stop';

/**
 * One piece of the map from context frames to media time, posted only when the map changes: from `contextFrame` on,
 * media time in seconds is `mediaTime + rate * (frame - contextFrame) / contextSampleRate`. A `rate` of 0 holds.
 */
export interface Anchor {
  readonly type: 'anchor';
  readonly reason: AnchorReason;
  readonly contextFrame: number;
  readonly mediaTime: number;
  readonly rate: number;
}

/** From the processor to the page, on the node's own port. */
export type ProcessorReport = Anchor;

/**
 * From the feeder to the processor, on the port that `connect` handed over. `buffer` is transferred; its first `byteLength`
 * bytes are whole samples. After `end` nothing follows.
 */
export type FeederMessage =
  | { readonly type: 'audio'; readonly buffer: ArrayBuffer; readonly byteLength: number }
  | { readonly type: 'end' };

/** From the processor to the feeder: the buffer has been played or dropped, and serves again. */
export interface BufferReturn {
  readonly type: 'return';
  readonly buffer: ArrayBuffer;
}

/** The most buffers that may be with the processor at once; a feeder waits for a return rather than exceed it. */
export const maxBuffersInFlight = 4096;
