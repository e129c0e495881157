import { onAbort } from '../core/abortable.ts';
import type { SpeechClientOptions } from '../core/client-options.ts';
import { connect, connectMulti } from '../core/connect.ts';
import { createTransport } from '../core/create-transport.ts';
import type { Transport } from '../core/http-transport.ts';
import type { MultiSpeechSession } from '../core/multi-speech-session.ts';
import type { StreamOutputFormat } from '../core/output-format.ts';
import type { TextSource } from '../core/send-text.ts';
import type { SessionOptions } from '../core/session-options.ts';
import type { SpeechContext } from '../core/speech-context.ts';
import type { SpeechSession } from '../core/speech-session.ts';
import { createAudioFeeder } from './audio-feeder.ts';
import { feedAudio } from './feed-audio.ts';
import type { RunJob } from './job-runner.ts';
import type { SampleFormat } from './sample-format.ts';
import type { JobHandles } from './serve-jobs.ts';
import type { JobToken } from './speak-request.ts';

/** How the service is reached for live text, as it crosses to the Worker. */
export interface LiveConnectionRequest
  extends
    Omit<SpeechClientOptions, 'token' | 'singleUseToken' | 'fetch' | 'WebSocket' | 'timeout'>,
    Omit<SessionOptions, 'signal' | 'outputFormat'> {
  readonly voiceId: string;
  readonly token: JobToken;
  /** `true` stands for the page's function. */
  readonly singleUseToken: string | true | undefined;
  readonly outputFormat: StreamOutputFormat;
}

/** A text that is still being written. */
export interface LiveText extends Pick<SessionOptions, 'voice_settings' | 'generation_config'> {
  /** What the output format names. */
  readonly sampleFormat: SampleFormat;
  /** Seconds of audio to hold ready at most. */
  readonly bufferAhead: number;
}

/** What a Worker for live text does; everything in it can be cloned. */
export type LiveJob =
  /** Speaks a text over a connection of its own. */
  | ({ readonly kind: 'speech' } & LiveConnectionRequest & LiveText)
  /** Holds a connection for several texts until it is aborted. */
  | ({ readonly kind: 'conversation'; readonly conversation: number } & LiveConnectionRequest)
  /** Speaks a text over the connection of a conversation; one that is not whole is asked for. */
  | ({ readonly kind: 'turn'; readonly conversation: number; readonly text: string | undefined } & LiveText);

/** What runs live jobs; it knows the conversations among them. */
export function createLiveJobs(): RunJob<LiveJob> {
  const conversations = new Map<number, Promise<MultiSpeechSession>>();

  return async (job, handles) => {
    const { signal } = handles;
    if (job.kind === 'speech') {
      const session = connect(transportOf(job, handles), job.voiceId, { ...job, signal });
      return speak(job, handles, session);
    }
    if (job.kind === 'turn') {
      const { voice_settings, generation_config } = job;
      const session = await conversations.get(job.conversation);
      if (!session) throw new TypeError('The conversation is over: begin another one.');
      const context = session.createContext({ voice_settings, generation_config, signal });
      return speak(job, handles, context, job.text);
    }
    const session = openConversation(job, handles);
    conversations.set(job.conversation, session);
    // Its turns tell what is wrong with it.
    session.catch(() => undefined);
    await new Promise((resolve) => onAbort(signal, resolve));
    conversations.delete(job.conversation);
    await (await session).close();
  };
}

async function openConversation(job: LiveConnectionRequest, handles: JobHandles): Promise<MultiSpeechSession> {
  return connectMulti(transportOf(job, handles), job.voiceId, job);
}

function transportOf(request: LiveConnectionRequest, { ask, fetch, WebSocket }: JobHandles): Transport {
  const { timeout, ...options } = request;
  // Without an answer the page's function has failed: that is no token, which is refused where it is used.
  const given = request.token === true ? async () => (await ask('token')) as string : request.token;
  const token = typeof given === 'object' ? new URL(given.href) : given;
  const singleUseToken =
    request.singleUseToken === true ? async () => (await ask('singleUseToken')) as string : request.singleUseToken;
  return createTransport({ ...options, token, singleUseToken, fetch, WebSocket });
}

/** Writes a text, by default the page's, to a speech and feeds what comes of it to the audio thread. */
async function speak(
  { sampleFormat, bufferAhead }: LiveText,
  { port, ask, onProgress, signal }: JobHandles,
  speech: SpeechSession | SpeechContext,
  text: TextSource = textFrom(ask),
): Promise<void> {
  const feeder = createAudioFeeder(port, sampleFormat, bufferAhead, signal);
  // What makes it fail is told by the speech too.
  void speech.end(text);
  await feedAudio(speech, feeder, onProgress);
}

async function* textFrom(ask: JobHandles['ask']): AsyncGenerator<string, void, undefined> {
  for (let text = await ask('text'); text !== undefined; text = await ask('text')) yield text as string;
}
