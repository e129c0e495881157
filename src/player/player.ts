import type { OutputFormat } from '../core/output-format.ts';
import type { SpeechStream } from '../core/speech-stream.ts';
import { AudioOutput } from './audio-output.ts';
import type { AudioSource } from './audio-source.ts';
import type { PlaybackSetup } from './playback-setup.ts';
import { Playback } from './playback.ts';
import { sampleFormatOf, type SampleFormat } from './sample-format.ts';
import type { Heard } from './heard.ts';
import { JobRunner } from './job-runner.ts';
import type { JobHandles } from './serve-jobs.ts';
import { absoluteUrl, type SpeakRequest, type WhenSpeaking } from './speak-request.ts';
import type { SpeechJob } from './speech-job.ts';
import { startSpeechWorker } from './start-speech-worker.ts';

/** How a player is made. */
export interface PlayerOptions {
  /** Where the page hosts `saylight/worklet`; without it the script is found beside the player, or inline. */
  readonly workletUrl?: string | URL | undefined;
  /** Where the page hosts `saylight/worker`; without it the script is found beside the player, or inline. */
  readonly workerUrl?: string | URL | undefined;
  /** Where the page hosts `saylight/live-worker`, for text that is still being written; else it is found in the same way. */
  readonly liveWorkerUrl?: string | URL | undefined;
  /** The node that gets the sound, in a graph of the page's own; by default a context of the player's own. */
  readonly destination?: AudioNode | undefined;
  /** Seconds of audio to wait for before the first sample sounds; 0.1 by default, 2 at most. */
  readonly startBuffer?: number | undefined;
  /** Seconds of audio to wait for after the first underrun, and more after each; 0.3 by default, 2 at most. */
  readonly refillBuffer?: number | undefined;
  /** Seconds of audio to hold ready at most; 30 by default, 5 at least. */
  readonly bufferAhead?: number | undefined;
}

/** What `play` is told of a source that does not tell it itself. */
export interface PlayOptions {
  /** How the audio is encoded. */
  readonly format?: OutputFormat | undefined;
  /** The text that is spoken, to which words refer. */
  readonly text?: string | undefined;
  /** The language of the text (BCP 47); scripts without spaces need it to find words. */
  readonly locale?: string | undefined;
  /** Default `interrupt`. */
  readonly whenSpeaking?: WhenSpeaking | undefined;
  /** Stops the playback. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A player of streamed speech.
 *
 * Nothing is started before the first `speak`, `play` or `prepare`. Call `speak` and `play` from a user's gesture, such as a
 * click: browsers let sound begin only then.
 */
export function createPlayer(options: PlayerOptions = {}): Player {
  return new Player(options);
}

/** What a playback is started with. */
export interface PlaybackStart extends Pick<PlaybackSetup, 'text' | 'locale' | 'signal'> {
  readonly format: OutputFormat;
  readonly whenSpeaking: WhenSpeaking | undefined;
}

/** Where a playback's audio goes, and how. */
export interface PlaybackFeed extends Pick<JobHandles, 'port' | 'onProgress' | 'signal'> {
  readonly sampleFormat: SampleFormat;
  /** Seconds of audio to hold ready at most. */
  readonly bufferAhead: number;
}

/** Of the processors of all players, which may share a context. */
let lastId = 0;

/** Plays speech, one at a time: a new one takes the place of the one before, or follows it. */
export class Player {
  /** @internal */
  readonly options: PlayerOptions & Readonly<Record<'startBuffer' | 'refillBuffer' | 'bufferAhead', number>>;
  readonly #closed = new AbortController();
  readonly #output: AudioOutput;
  readonly #runner: JobRunner<SpeechJob>;
  /** What plays or waits to, in order, each with the id of its processor. */
  readonly #playing = new Map<Playback, number>();

  /** @internal */
  constructor(options: PlayerOptions) {
    const { startBuffer = 0.1, refillBuffer = 0.3, bufferAhead = 30 } = options;
    if (!(startBuffer >= 0 && refillBuffer >= 0 && bufferAhead >= 5)) {
      throw new RangeError('startBuffer and refillBuffer are 0 seconds or more, bufferAhead 5.');
    }
    this.options = { ...options, startBuffer, refillBuffer, bufferAhead };
    this.#output = new AudioOutput(options, this.closed, () => this.#playing.size > 0);
    this.#runner = new JobRunner(
      () => startSpeechWorker(options.workerUrl, this.closed),
      async () => (await import('./speech-job.ts')).runSpeechJob,
      this.closed,
    );
  }

  /** The audio context in use; `undefined` before the first sound was asked for. */
  get context(): AudioContext | undefined {
    return this.#output.context;
  }

  /** @internal Aborts when the player is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Loads all that the first `speak` needs ahead of it, so that it sounds sooner. */
  async prepare(): Promise<void> {
    await Promise.all([this.#output.prepare(), this.#runner.start(), import('./word-loop.ts')]);
  }

  /**
   * Fetches speech and plays it as it arrives. Network and parsing run in a Worker, so that a busy page costs no sample. A
   * text that is still being written is spoken as it comes, over a WebSocket.
   *
   * @throws TypeError for a request that can't be right, SpeechError `unsupported` for a format that is not decoded; what
   *   goes wrong later goes to the playback
   */
  speak(request: SpeakRequest): Playback {
    const { signal, token, singleUseToken, fetch, WebSocket, whenSpeaking, ...rest } = request;
    const { voiceId, text, outputFormat = 'pcm_24000', locale = rest.language_code ?? undefined } = rest;
    let known = typeof text === 'string' ? text : '';
    if (!voiceId || !(known.trim() || Symbol.asyncIterator in Object(text))) {
      throw new TypeError('Pass the `text` to speak and a `voiceId`.');
    }
    const start = { format: outputFormat, text: () => known, locale, signal, whenSpeaking };
    const baseUrl = absoluteUrl(rest.baseUrl);
    return this.start(start, async ({ sampleFormat, bufferAhead, ...feed }) => {
      const target = { outputFormat, baseUrl, sampleFormat, bufferAhead };
      if (typeof text !== 'string') {
        const { speakLive } = await import('./speak-live.ts');
        return speakLive(this, { ...request, ...target, text }, (piece) => void (known += piece), feed);
      }
      const job = { ...rest, ...target, text, token: typeof token === 'string' ? token : token && (true as const) };
      let source = token;
      // Asked for nothing else, and only if it is no string.
      const ask = async (): Promise<unknown> => {
        if (typeof source !== 'function') source = (await import('./page-token.ts')).pageToken(this, request);
        return source();
      };
      return this.#runner.run(job, { ...feed, ask, fetch });
    });
  }

  /**
   * Plays speech that the page has: an async iterable of chunks, such as a session for text that is still being written, a
   * stream of bytes, a `Response`.
   *
   * @throws TypeError when the format is not known, SpeechError `unsupported` when it is not decoded; a source that can't
   *   be played fails the playback
   */
  play(source: AudioSource, options: PlayOptions = {}): Playback {
    const known = source as Partial<SpeechStream>;
    const { format = known.format, locale, signal, whenSpeaking } = options;
    // The `text` of a Response is a method; that of a session grows.
    const text = (): string | undefined => options.text ?? (typeof known.text === 'string' ? known.text : undefined);
    if (!format) throw new TypeError("Pass the source's `format`, such as { format: 'pcm_24000' }.");
    return this.start({ format, text, locale, signal, whenSpeaking }, async (feed) => {
      const { feedFromPage } = await import('./feed-from-page.ts');
      return feedFromPage(source, feed);
    });
  }

  /** Stops what plays, and what waits to. */
  stop(): void {
    // The last one first, so that none gets its turn.
    for (const playback of [...this.#playing.keys()].toReversed()) playback.stop();
  }

  /** Stops what plays, and what waits to; gives what was heard of the one that was heard, if there was one. */
  async interrupt(): Promise<Heard | undefined> {
    const [heard] = this.#playing.keys();
    this.stop();
    return heard?.interrupt();
  }

  /** Stops what plays and lets go of the Worker and of the context, unless the page owns it. */
  async close(): Promise<void> {
    this.stop();
    this.#closed.abort(new TypeError('The player is closed; make another one.'));
    await this.#output.close();
  }

  /** @internal */
  start({ format, whenSpeaking, ...what }: PlaybackStart, feed: (feed: PlaybackFeed) => Promise<void>): Playback {
    const { startBuffer, refillBuffer, bufferAhead } = this.options;
    const sampleFormat = sampleFormatOf(format);
    const context = this.#output.open();
    if (whenSpeaking !== 'queue') this.stop();
    const { encoding, sampleRate } = sampleFormat;
    const { port1, port2 } = new MessageChannel();
    const processor = {
      encoding,
      sampleRate,
      startMark: Math.min(startBuffer, 2),
      refillMark: Math.min(refillBuffer, 2),
      id: (lastId += 1),
      after: [...this.#playing.values()].at(-1),
    };
    const playback = new Playback({
      ...what,
      context,
      node: this.#output.createNode(processor, port1),
      feed: (onProgress, signal) => feed({ port: port2, onProgress, signal, sampleFormat, bufferAhead }),
      onOver: () => this.#playing.delete(playback),
    });
    this.#playing.set(playback, processor.id);
    return playback;
  }
}
