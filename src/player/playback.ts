import { createWordTimeline, type WordTimeline } from '../core/word-timeline.ts';
import { SpeechError } from '../core/speech-error.ts';
import type { Word } from '../core/word.ts';
import type { Anchor, ProcessorCommand } from '../worklet/messages.ts';
import type { FeedProgress } from './feed-audio.ts';
import { MediaMap } from './media-map.ts';
import { OutputClock } from './output-clock.ts';
import {
  PlaybackErrorEvent,
  StateChangeEvent,
  UnderrunEvent,
  WordEvent,
  type PlaybackEventMap,
  type PlaybackState,
} from './playback-events.ts';
import { TypedEventTarget } from './typed-event-target.ts';
import { WordLoop } from './word-loop.ts';

/** How long a context may take to start before the page is told that it is held, in milliseconds. */
const startGrace = 300;

/** How long a stopped node may take to fade before it is cut from the graph, in milliseconds. */
const fadeGrace = 250;

/** How a playback came to its end. */
export type PlaybackOutcome = 'ended' | 'stopped';

/** What a playback has measured so far. */
export interface PlaybackMetrics {
  /** Seconds from the call to the first audible sample; `undefined` before it. */
  readonly timeToFirstSound: number | undefined;
  /** Seconds of audio that are ready beyond what is heard. */
  readonly bufferedAhead: number;
  readonly underruns: number;
}

/** What the player hands to a playback. */
export interface PlaybackSetup {
  readonly context: AudioContext;
  /** The node, connected to where it sounds. */
  readonly node: Promise<AudioWorkletNode>;
  /** Fetches and feeds; settles when the last sample is with the audio thread. */
  readonly feed: (onProgress: (progress: FeedProgress) => void, signal: AbortSignal) => Promise<void>;
  readonly text: string | undefined;
  readonly locale: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** One speech that is being played: its state, its position, its words. A player makes it. */
export class Playback extends TypedEventTarget<PlaybackEventMap> {
  /** Settles when it is over: how it ended, or what made it fail (the caller's `signal.reason` after an abort). */
  readonly finished: Promise<PlaybackOutcome>;
  readonly #context: AudioContext;
  readonly #map: MediaMap;
  readonly #clock: OutputClock;
  readonly #timeline: WordTimeline;
  readonly #loop: WordLoop;
  readonly #over = new AbortController();
  readonly #askedAt = performance.now();
  #settle: { resolve(outcome: PlaybackOutcome): void; reject(reason: unknown): void } | undefined;
  #node: AudioWorkletNode | undefined;
  #phase: PlaybackState = 'loading';
  #told: PlaybackState = 'loading';
  #paused = false;
  #mayBeHeld: boolean;
  #written = 0;
  #fed = false;
  #failure: unknown;
  #lastTime = 0;
  #firstSoundAt: number | undefined;
  #underruns = 0;

  /** @internal */
  constructor({ context, node, feed, text, locale, signal }: PlaybackSetup) {
    super();
    this.#context = context;
    this.#mayBeHeld = context.state === 'running';
    this.#map = new MediaMap(context.sampleRate);
    this.#clock = new OutputClock(context);
    this.#timeline = createWordTimeline({ text, locale });
    this.#loop = new WordLoop({
      timeline: this.#timeline,
      mediaTimeAt: (now) => this.#mediaTimeAt(now),
      onWord: (word, lag) => this.dispatchEvent(new WordEvent('word', word, lag)),
      onWordEnd: (word, lag) => this.dispatchEvent(new WordEvent('wordend', word, lag)),
    });
    this.finished = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Who doesn't await `finished` listens to `error`: a failure must not be an unhandled rejection too.
    this.finished.catch(() => undefined);
    this.#watch(signal);
    void this.#take(node);
    void this.#feed(feed);
  }

  /** What the playback is doing. */
  get state(): PlaybackState {
    if (this.#isOver) return this.#phase;
    if (this.#mayBeHeld && this.#context.state !== 'running') return 'suspended';
    return this.#paused ? 'paused' : this.#phase;
  }

  /** The position that is audible now, in seconds from the start of the speech. */
  get currentTime(): number {
    if (!this.#isOver) this.#lastTime = this.#mediaTimeAt(performance.now());
    return this.#lastTime;
  }

  /** The length of the speech in seconds; `undefined` until all of it has arrived. */
  get duration(): number | undefined {
    return this.#fed ? this.#written : undefined;
  }

  /** The text that is spoken; without a text from the caller, what the timing has told of it so far. */
  get text(): string {
    return this.#timeline.text;
  }

  /** The words whose times are known so far, in order; the last one may still grow. */
  get words(): readonly Word[] {
    return this.#timeline.words;
  }

  /** The word that is heard now; `undefined` in silence. */
  get currentWord(): Word | undefined {
    return this.#loop.current;
  }

  /** What was measured so far. */
  get metrics(): PlaybackMetrics {
    return {
      timeToFirstSound: this.#firstSoundAt === undefined ? undefined : (this.#firstSoundAt - this.#askedAt) / 1000,
      bufferedAhead: Math.max(0, this.#written - this.currentTime),
      underruns: this.#underruns,
    };
  }

  /** Fades out and holds the position; what arrives meanwhile is kept. */
  pause(): void {
    if (this.#isOver) return;
    this.#paused = true;
    this.#post({ type: 'pause' });
    this.#tell();
  }

  /** Goes on with the sample after the last one played. */
  resume(): void {
    if (this.#isOver) return;
    this.#paused = false;
    this.#post({ type: 'resume' });
    void this.#context.resume();
    this.#tell();
  }

  /** Fades out within 10 ms, ends the request and lets go of everything. */
  stop(): void {
    this.#end('stopped', () => this.#settle?.resolve('stopped'));
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  #watch(signal: AbortSignal | undefined): void {
    const over = this.#over.signal;
    this.#context.addEventListener('statechange', () => this.#tell(), { signal: over });
    const grace = setTimeout(() => {
      this.#mayBeHeld = true;
      this.#tell();
    }, startGrace);
    over.addEventListener('abort', () => clearTimeout(grace), { once: true });
    const abort = (): void => this.#end('stopped', () => this.#settle?.reject(signal?.reason));
    signal?.addEventListener('abort', abort, { once: true, signal: over });
    if (signal?.aborted === true) queueMicrotask(abort);
  }

  async #take(arriving: Promise<AudioWorkletNode>): Promise<void> {
    try {
      const node = await arriving;
      this.#node = node;
      if (this.#isOver) return node.disconnect();
      node.port.addEventListener('message', ({ data }: MessageEvent<Anchor>) => this.#onAnchor(data));
      node.port.start();
      node.addEventListener('processorerror', () =>
        this.#fail(new SpeechError('unsupported', 'The audio thread has failed; speak again.')),
      );
      if (this.#paused) this.#post({ type: 'pause' });
    } catch (error) {
      this.#fail(error);
    }
  }

  async #feed(feed: PlaybackSetup['feed']): Promise<void> {
    try {
      await feed((progress) => this.#onProgress(progress), this.#over.signal);
      this.#fed = true;
      this.#timeline.finish(this.#written);
    } catch (error) {
      if (this.#isOver) return;
      this.#timeline.finish();
      // What has arrived is heard before the playback fails.
      if (this.#written === 0) this.#fail(error);
      else this.#tellFailure(error);
    }
  }

  #onProgress({ alignment, written }: FeedProgress): void {
    this.#written = written;
    if (alignment !== undefined) this.#timeline.append(alignment);
  }

  #onAnchor(anchor: Anchor): void {
    this.#map.add(anchor);
    const { reason, rate, mediaTime } = anchor;
    if (reason === 'stop') return this.#node?.disconnect();
    if (this.#isOver) return;
    if (reason === 'end') return void this.#endWhenHeard(anchor);
    if (reason === 'start') this.#firstSoundAt = performance.now() + this.#left(anchor) * 1000;
    if (reason === 'underrun') {
      this.#underruns += 1;
      this.dispatchEvent(new UnderrunEvent(mediaTime));
    }
    if (rate > 0) this.#phase = 'playing';
    else if (reason === 'underrun') this.#phase = 'buffering';
    this.#tell();
  }

  async #endWhenHeard(anchor: Anchor): Promise<void> {
    for (let left = this.#left(anchor); left > 0; left = this.#left(anchor)) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(10, left * 1000)));
      if (this.#isOver) return;
    }
    this.#loop.finish(performance.now());
    if (this.#failure !== undefined) return this.#fail(this.#failure);
    this.#end('ended', () => this.#settle?.resolve('ended'));
    this.dispatchEvent(new Event('ended'));
  }

  /** The seconds until the anchor is heard. */
  #left(anchor: Anchor): number {
    return this.#map.contextTimeOf(anchor) - this.#clock.contextTimeAt(performance.now());
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    if (this.#failure === undefined) this.#tellFailure(error);
    this.#end('failed', () => this.#settle?.reject(error));
  }

  #tellFailure(error: unknown): void {
    this.#failure = error;
    this.dispatchEvent(new PlaybackErrorEvent(error as SpeechError | TypeError));
  }

  #end(phase: PlaybackState, settle: () => void): void {
    if (this.#isOver) return;
    this.#lastTime = this.currentTime;
    this.#phase = phase;
    this.#loop.stop();
    this.#over.abort();
    this.#post({ type: 'stop' });
    setTimeout(() => this.#node?.disconnect(), fadeGrace);
    this.#tell();
    settle();
  }

  /** Tells the page of a change of state, once. */
  #tell(): void {
    const { state } = this;
    if (state === 'playing' || state === 'buffering') this.#loop.start();
    else this.#loop.stop();
    if (state === this.#told) return;
    this.#told = state;
    this.dispatchEvent(new StateChangeEvent(state));
  }

  #mediaTimeAt(now: number): number {
    return Math.min(this.#map.mediaTimeAt(this.#clock.contextTimeAt(now)), this.#written);
  }

  #post(command: ProcessorCommand): void {
    this.#node?.port.postMessage(command);
  }
}
