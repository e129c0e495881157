import { SpeechError } from '../core/speech-error.ts';
import type { Word } from '../core/word.ts';
import type { Anchor } from '../worklet/messages.ts';
import type { FeedProgress } from './feed-audio.ts';
import { HeardPosition } from './heard-position.ts';
import type { Heard } from './heard.ts';
import {
  PlaybackErrorEvent,
  StateChangeEvent,
  UnderrunEvent,
  type PlaybackEventMap,
  type PlaybackState,
} from './playback-events.ts';
import type { PlaybackMetrics } from './playback-metrics.ts';
import type { PlaybackSetup } from './playback-setup.ts';
import { ProcessorLink } from './processor-link.ts';
import { SpokenWords } from './spoken-words.ts';
import { TypedEventTarget } from './typed-event-target.ts';

/** How long a context may take to start before the page is told that it is held, in milliseconds. */
const startGrace = 300;

/** How a playback came to its end. */
export type PlaybackOutcome = 'ended' | 'stopped';

interface Failure {
  readonly error: unknown;
}

/** One speech that is being played: its state, its position, its words. A player makes it. */
export class Playback extends TypedEventTarget<PlaybackEventMap> {
  /** Settles when it is over: how it ended, or what made it fail (the caller's `signal.reason` after an abort). */
  readonly finished: Promise<PlaybackOutcome>;
  readonly #context: AudioContext;
  readonly #link: ProcessorLink;
  readonly #position: HeardPosition;
  readonly #words: SpokenWords;
  readonly #feeding: Promise<void>;
  readonly #over = new AbortController();
  readonly #askedAt = performance.now();
  #silence: Promise<Anchor | undefined> | undefined;
  #settle: ((failure?: Failure) => void) | undefined;
  #phase: PlaybackState = 'loading';
  #told: PlaybackState = 'loading';
  #paused = false;
  #mayBeHeld: boolean;
  #written = 0;
  #fed = false;
  #failure: Failure | undefined;
  #lastTime = 0;
  #firstSoundAt: number | undefined;
  #underruns = 0;
  #isInterrupted = false;

  /** @internal */
  constructor({ context, node, feed, text, locale, signal, onOver }: PlaybackSetup) {
    super();
    this.#context = context;
    this.#mayBeHeld = context.state === 'running';
    this.#position = new HeardPosition(context);
    this.#words = new SpokenWords({
      text,
      locale,
      mediaTimeAt: (pageTime) => this.#mediaTimeAt(pageTime),
      dispatch: (event) => this.dispatchEvent(event),
    });
    this.finished = new Promise((resolve, reject) => {
      this.#settle = (failure) => (failure ? reject(failure.error) : resolve(this.#phase as PlaybackOutcome));
    });
    // Who doesn't await `finished` listens to `error`: a failure must not be an unhandled rejection too.
    this.finished.catch(() => undefined);
    this.#over.signal.addEventListener('abort', onOver);
    this.#watch(signal);
    this.#link = new ProcessorLink(node, {
      onAnchor: (anchor) => this.#onAnchor(anchor),
      onFailure: (error) => this.#fail(error),
    });
    this.#feeding = this.#feed(feed);
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
    return this.#words.text;
  }

  /** The words whose times are known so far, in order; the last one may still grow. */
  get words(): readonly Word[] {
    return this.#words.all;
  }

  /** The word that is heard now; `undefined` in silence. */
  get currentWord(): Word | undefined {
    return this.#words.current;
  }

  /** What was measured so far. */
  get metrics(): PlaybackMetrics {
    return {
      timeToFirstSound: this.#firstSoundAt && (this.#firstSoundAt - this.#askedAt) / 1000,
      bufferedAhead: Math.max(0, this.#written - this.currentTime),
      underruns: this.#underruns,
    };
  }

  /** Fades out and holds the position; what arrives meanwhile is kept. */
  pause(): void {
    if (this.#isOver) return;
    this.#paused = true;
    this.#link.post({ type: 'pause' });
    this.#tell();
  }

  /** Goes on with the sample after the last one played. */
  resume(): void {
    if (this.#isOver) return;
    this.#paused = false;
    this.#link.post({ type: 'resume' });
    // Refused until there is a gesture; the state shows that.
    this.#context.resume().catch(() => undefined);
    this.#tell();
  }

  /** Fades out within 10 ms, ends the request and lets go of everything. */
  stop(): void {
    this.#end('stopped');
  }

  /** Stops, and gives what was heard by then: all of it, if it was over before. */
  async interrupt(): Promise<Heard> {
    this.#isInterrupted = true;
    this.stop();
    const { whatWasHeard } = await import('./heard.ts');
    return whatWasHeard(this, this.#words.loaded, this.#silence);
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  #watch(signal: AbortSignal | undefined): void {
    const over = this.#over.signal;
    this.#context.addEventListener('statechange', () => this.#onContextChange(), { signal: over });
    setTimeout(() => {
      this.#mayBeHeld = true;
      this.#tell();
    }, startGrace);
    const abort = (): void => this.#end('stopped', { error: signal?.reason });
    signal?.addEventListener('abort', abort, { once: true, signal: over });
    if (signal?.aborted) queueMicrotask(abort);
  }

  #onContextChange(): void {
    if (this.#context.state !== 'closed') this.#tell();
    else this.#fail(new SpeechError('unsupported', 'The audio context was closed; speak again.'));
  }

  async #feed(feed: PlaybackSetup['feed']): Promise<void> {
    try {
      await feed((progress) => this.#onProgress(progress), this.#over.signal);
      await this.#words.loaded;
      // What came after a stop was not taken, so it must not count as the rest.
      if (this.#isOver) return;
      this.#fed = true;
      this.#words.finish(this.#written);
    } catch (error) {
      if (this.#isOver) return;
      // What has arrived is heard before the playback fails; words beyond it get no time.
      if (this.#written === 0) this.#fail(error);
      else this.#tellFailure(error);
    }
  }

  #onProgress({ alignment, written }: FeedProgress): void {
    // A page that was busy is told late of words that were heard.
    if (this.#isOver && !this.#isInterrupted) return;
    this.#written = written;
    if (alignment) this.#words.append(alignment);
  }

  #onAnchor(anchor: Anchor): void {
    this.#position.add(anchor);
    const { reason, rate, mediaTime } = anchor;
    if (this.#isOver) return;
    if (reason === 'end') void this.#endWhenHeard(anchor);
    if (reason === 'start') this.#firstSoundAt = performance.now() + this.#position.until(anchor) * 1000;
    if (rate > 0) this.#phase = 'playing';
    if (reason === 'underrun') {
      this.#phase = 'buffering';
      this.#underruns += 1;
      this.dispatchEvent(new UnderrunEvent(mediaTime));
    }
    this.#tell();
  }

  async #endWhenHeard(anchor: Anchor): Promise<void> {
    // A stream that broke off ends for the audio thread too: whether it did is known once the feed has settled.
    await this.#feeding;
    for (let left = this.#position.until(anchor); left > 0; left = this.#position.until(anchor)) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(10, left * 1000)));
      if (this.#isOver) return;
    }
    this.#words.tellRest();
    if (this.#failure) return this.#fail(this.#failure.error);
    // A listener may have stopped it just now.
    if (this.#isOver) return;
    this.#end('ended');
    this.dispatchEvent(new Event('ended'));
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    if (!this.#failure) this.#tellFailure(error);
    this.#end('failed', this.#failure);
  }

  #tellFailure(error: unknown): void {
    this.#failure = { error };
    this.dispatchEvent(new PlaybackErrorEvent(error as SpeechError | TypeError));
  }

  #end(phase: PlaybackState, failure?: Failure): void {
    if (this.#isOver) return;
    this.#lastTime = this.currentTime;
    this.#phase = phase;
    this.#over.abort();
    this.#words.close();
    this.#silence = this.#link.release();
    this.#tell();
    this.#settle?.(failure);
  }

  /** Tells the page of a change of state, once. */
  #tell(): void {
    const { state } = this;
    this.#words.run(state === 'playing' || state === 'buffering');
    if (state === this.#told) return;
    this.#told = state;
    this.dispatchEvent(new StateChangeEvent(state));
  }

  #mediaTimeAt(pageTime: number): number {
    return Math.min(this.#position.at(pageTime), this.#written);
  }
}
