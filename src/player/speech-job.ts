import { createTransportWith } from '../core/http-transport.ts';
import type { StreamOutputFormat } from '../core/output-format.ts';
import { readSpeech } from '../core/read-speech.ts';
import { timedSpeech } from '../core/text-to-speech.ts';
import { createAudioFeeder } from './audio-feeder.ts';
import { feedAudio } from './feed-audio.ts';
import { jobCredentials } from './job-credentials.ts';
import type { SampleFormat } from './sample-format.ts';
import type { JobHandles } from './serve-jobs.ts';
import type { SpeakRequest } from './speak-request.ts';

/** One speech to fetch and feed, as it crosses to the Worker: everything in it can be cloned. */
export interface SpeechJob extends Omit<
  SpeakRequest,
  'text' | 'token' | 'singleUseToken' | 'fetch' | 'WebSocket' | 'signal' | 'locale' | 'outputFormat' | 'whenSpeaking'
> {
  readonly text: string;
  /** `true` when the page has a function that gives one. */
  readonly token: string | true | undefined;
  readonly outputFormat: StreamOutputFormat;
  /** What `outputFormat` names. */
  readonly sampleFormat: SampleFormat;
  /** Seconds of audio to hold ready at most. */
  readonly bufferAhead: number;
}

/** Fetches a speech and feeds it to the audio thread, on whichever thread this runs. */
export async function runSpeechJob(job: SpeechJob, handles: JobHandles): Promise<void> {
  const { port, onProgress, signal, ask, fetch } = handles;
  const { voiceId, bufferAhead, outputFormat, sampleFormat, enableLogging, optimizeStreamingLatency, ...rest } = job;
  const { apiKey, allowApiKeyInBrowser, token, baseUrl, headers, timeout, idleTimeout, ...others } = rest;
  const { retry, zeroRetention, tokenInQuery, ...body } = others;
  const feeder = createAudioFeeder(port, sampleFormat, bufferAhead, signal);
  const transport = createTransportWith(jobCredentials(job, ask), { ...job, fetch });
  await feedAudio(readSpeech(timedSpeech(transport, voiceId, body, job), signal), feeder, onProgress);
}
