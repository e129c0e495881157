import type { SpeechClientOptions } from '../core/client-options.ts';
import { createTransport } from '../core/http-transport.ts';
import type { StreamOutputFormat } from '../core/output-format.ts';
import type { TextToSpeechRequest } from '../core/text-to-speech-request.ts';
import { streamWithTimestamps, type TextToSpeechOptions } from '../core/text-to-speech.ts';
import { AudioFeeder } from './audio-feeder.ts';
import { feedAudio, type FeedProgress } from './feed-audio.ts';
import { sampleFormatOf } from './sample-format.ts';

/** One speech to fetch and feed, as it crosses to the Worker: everything in it can be cloned. */
export interface SpeechJob {
  readonly client: Omit<SpeechClientOptions, 'token' | 'fetch'>;
  readonly voiceId: string;
  readonly request: TextToSpeechRequest;
  readonly options: Omit<TextToSpeechOptions, 'signal' | 'outputFormat'> & {
    readonly outputFormat: StreamOutputFormat;
  };
  /** Seconds of audio to hold ready at most. */
  readonly bufferAhead: number;
}

/** What a job needs besides, none of which can be cloned. */
export interface SpeechJobHandles extends Pick<SpeechClientOptions, 'token' | 'fetch'> {
  /** The feeder's end of the channel to the audio thread. */
  readonly port: MessagePort;
  readonly onProgress: (progress: FeedProgress) => void;
  readonly signal: AbortSignal;
}

/** Fetches a speech and feeds it to the audio thread, on whichever thread this runs. */
export async function runSpeechJob(job: SpeechJob, handles: SpeechJobHandles): Promise<void> {
  const { port, onProgress, signal, token, fetch } = handles;
  const feeder = new AudioFeeder(port, sampleFormatOf(job.options.outputFormat), job.bufferAhead, signal);
  const transport = createTransport({ ...job.client, token, fetch });
  const speech = streamWithTimestamps(transport, job.voiceId, job.request, { ...job.options, signal });
  await feedAudio(speech, feeder, onProgress);
}
