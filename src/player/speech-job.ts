import { createTransport } from '../core/http-transport.ts';
import type { StreamOutputFormat } from '../core/output-format.ts';
import { streamWithTimestamps } from '../core/text-to-speech.ts';
import { createAudioFeeder } from './audio-feeder.ts';
import { feedAudio, type FeedProgress } from './feed-audio.ts';
import type { SampleFormat } from './sample-format.ts';
import type { SpeakRequest } from './speak-request.ts';

/** One speech to fetch and feed, as it crosses to the Worker: everything in it can be cloned. */
export interface SpeechJob extends Omit<SpeakRequest, 'token' | 'fetch' | 'signal' | 'locale' | 'outputFormat'> {
  readonly outputFormat: StreamOutputFormat;
  /** What `outputFormat` names. */
  readonly sampleFormat: SampleFormat;
  /** Seconds of audio to hold ready at most. */
  readonly bufferAhead: number;
}

/** What a job needs besides, none of which can be cloned. */
export interface SpeechJobHandles extends Pick<SpeakRequest, 'token' | 'fetch'> {
  /** The feeder's end of the channel to the audio thread. */
  readonly port: MessagePort;
  readonly onProgress: (progress: FeedProgress) => void;
  readonly signal: AbortSignal;
}

/** Fetches a speech and feeds it to the audio thread, on whichever thread this runs. */
export async function runSpeechJob(job: SpeechJob, handles: SpeechJobHandles): Promise<void> {
  const { port, onProgress, signal, token, fetch } = handles;
  const { voiceId, bufferAhead, outputFormat, sampleFormat, enableLogging, optimizeStreamingLatency, ...rest } = job;
  const { apiKey, allowApiKeyInBrowser, baseUrl, headers, timeout, idleTimeout, retry, zeroRetention, ...body } = rest;
  const feeder = createAudioFeeder(port, sampleFormat, bufferAhead, signal);
  const transport = createTransport({ ...job, token, fetch });
  await feedAudio(streamWithTimestamps(transport, voiceId, body, { ...job, signal }), feeder, onProgress);
}
