import type { OutputFormat } from '../core/output-format.ts';
import type { SpeechStream } from '../core/speech-stream.ts';
import { AudioOutput } from './audio-output.ts';
import type { AudioSource } from './audio-source.ts';
import type { PlaybackSetup } from './playback-setup.ts';
import { Playback } from './playback.ts';
import { sampleFormatOf, type SampleFormat } from './sample-format.ts';
import type { SpeakRequest } from './speak-request.ts';
import { SpeechRunner } from './speech-runner.ts';

/** How a player is made. */
export interface PlayerOptions {
  /** Where the page hosts `saylight/worklet`; without it the script is found beside the player, or inline. */
  readonly workletUrl?: string | URL | undefined;
  /** Where the page hosts `saylight/worker`; without it the script is found beside the player, or inline. */
  readonly workerUrl?: string | URL | undefined;
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

/** Plays speech, one at a time: a new one stops the one before it. */
export class Player {
  readonly #output: AudioOutput;
  readonly #runner: SpeechRunner;
  readonly #marks: { readonly startMark: number; readonly refillMark: number };
  readonly #bufferAhead: number;
  #current: Playback | undefined;

  /** @internal */
  constructor(options: PlayerOptions) {
    const { destination, workletUrl, workerUrl, startBuffer = 0.1, refillBuffer = 0.3, bufferAhead = 30 } = options;
    if (!(startBuffer >= 0 && refillBuffer >= 0 && bufferAhead >= 5)) {
      throw new RangeError('startBuffer and refillBuffer are seconds from 0 on, bufferAhead is 5 seconds or more.');
    }
    this.#output = new AudioOutput(destination, workletUrl, () => this.#current !== undefined);
    this.#runner = new SpeechRunner(workerUrl);
    this.#marks = { startMark: Math.min(startBuffer, 2), refillMark: Math.min(refillBuffer, 2) };
    this.#bufferAhead = bufferAhead;
  }

  /** The audio context in use; `undefined` before the first sound was asked for. */
  get context(): AudioContext | undefined {
    return this.#output.context;
  }

  /** Loads all that the first `speak` needs ahead of it, so that it sounds sooner. */
  async prepare(): Promise<void> {
    await Promise.all([this.#output.prepare(), this.#runner.start(), import('./word-loop.ts')]);
  }

  /**
   * Fetches speech and plays it as it arrives. Network and parsing run in a Worker, so that a busy page costs no sample.
   *
   * @throws TypeError for a request that can't be right, SpeechError `unsupported` for a format that is not decoded; what
   *   goes wrong later goes to the playback
   */
  speak(request: SpeakRequest): Playback {
    const { signal, token, fetch, locale = request.language_code ?? undefined, ...rest } = request;
    const { voiceId, text, baseUrl, outputFormat = 'pcm_24000' } = rest;
    if (!voiceId || !text?.trim()) throw new TypeError('Pass the `text` to speak and the `voiceId` of who speaks it.');
    const sampleFormat = sampleFormatOf(outputFormat);
    const job = { ...rest, baseUrl: absoluteUrl(baseUrl), outputFormat, sampleFormat, bufferAhead: this.#bufferAhead };
    return this.#start(sampleFormat, { text, locale, signal }, (port, onProgress, over) =>
      this.#runner.run(job, { port, onProgress, signal: over, token, fetch }),
    );
  }

  /**
   * Plays speech that the page has: an async iterable of chunks, a stream of bytes, a `Response`.
   *
   * @throws TypeError when the format is not known, SpeechError `unsupported` when it is not decoded; a source that can't
   *   be played fails the playback
   */
  play(source: AudioSource, options: PlayOptions = {}): Playback {
    const known = source as Partial<SpeechStream>;
    const { format = known.format, locale, signal } = options;
    // The `text` of a Response is a method.
    const text = options.text ?? (typeof known.text === 'string' ? known.text : undefined);
    if (!format) throw new TypeError("Pass the source's `format`, such as { format: 'pcm_24000' }.");
    const sampleFormat = sampleFormatOf(format);
    return this.#start(sampleFormat, { text, locale, signal }, async (port, onProgress, over) => {
      const { feedFromPage } = await import('./feed-from-page.ts');
      const bufferAhead = this.#bufferAhead;
      return feedFromPage(source, { format: sampleFormat, bufferAhead, port, onProgress, signal: over });
    });
  }

  /** Stops what plays. */
  stop(): void {
    this.#current?.stop();
  }

  /** Stops what plays and lets go of the Worker and of the context, unless the page owns it. */
  async close(): Promise<void> {
    this.stop();
    this.#runner.close();
    await this.#output.close();
  }

  #start(
    { encoding, sampleRate }: SampleFormat,
    what: Pick<PlaybackSetup, 'text' | 'locale' | 'signal'>,
    feed: (port: MessagePort, ...rest: Parameters<PlaybackSetup['feed']>) => Promise<void>,
  ): Playback {
    const context = this.#output.open();
    this.#current?.stop();
    const { port1, port2 } = new MessageChannel();
    const playback = new Playback({
      ...what,
      context,
      node: this.#output.createNode({ encoding, sampleRate, ...this.#marks }, port1),
      feed: (onProgress, over) => feed(port2, onProgress, over),
    });
    this.#current = playback;
    const leave = (): void => {
      if (this.#current === playback) this.#current = undefined;
    };
    playback.finished.then(leave, leave);
    return playback;
  }
}

/** The Worker's own address is another one than the page's. What can't be read is told by the client. */
function absoluteUrl(url: string | undefined): string | undefined {
  try {
    return url && new URL(url, document.baseURI).href;
  } catch {
    return url;
  }
}
