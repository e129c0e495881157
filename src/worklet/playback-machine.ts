import { Envelope } from './envelope.ts';
import { MediaReader } from './media-reader.ts';
import type { AnchorReason, ProcessorOptions } from './messages.ts';
import { RefillMark } from './refill-mark.ts';

/** What a playback machine tells the outside; called while it renders and while it takes a buffer. */
export interface PlaybackOutlet {
  /** From `contextFrame` on the map from context frames to media time is this one. */
  anchor(reason: AnchorReason, contextFrame: number, mediaTime: number, rate: number): void;
  /** The buffer was played or dropped. */
  returnBuffer(buffer: ArrayBuffer): void;
}

/** Seconds of fade at pause, resume and stop, and after an underrun. */
const fadeTime = 0.01;
/** Seconds of fade on the last samples before an underrun. */
const underrunFadeTime = 0.005;

/** Those that are not over, by id: the processors of a context share their globals. */
const machines = new Map<number | undefined, PlaybackMachine>();

/**
 * What is heard, frame by frame, of one stream under the commands of the page. Every sample is rendered once and in order;
 * fades only scale it, and while the media is held the output is silence.
 *
 * Commands are wishes, which the next quantum looks at: a pause taken back before its fade has ended leaves a dip in the gain
 * and no anchor. Each pause that holds gives a `pause` anchor, before the start (then at 0) and during an underrun too. When the
 * media moves again the reason is `start` the first time, `resume` when it waited for the listener, `refill` when for data. A
 * `resume` that finds next to nothing queued becomes an `underrun`. A stream without a sample gives an `end` and no `start`.
 *
 * A machine that comes after another one is silent until that one is over, and sounds from the very next frame on. The machines
 * of a quantum are rendered in no certain order: who comes after asks for the end that the quantum is going to bring.
 */
export class PlaybackMachine {
  readonly #id: number;
  readonly #outlet: PlaybackOutlet;
  readonly #media: MediaReader;
  readonly #envelope = new Envelope();
  readonly #refillMark: RefillMark;
  readonly #startMark: number;
  readonly #fadeFrames: number;
  readonly #underrunFadeFrames: number;

  /** The machine whose end is waited for. */
  #before: PlaybackMachine | undefined;
  /** The first frame that is not rendered yet; after the end, the one behind the last that sounded. */
  #frame = 0;
  #wantsPause = false;
  #wantsStop = false;
  #isMoving = false;
  #hasStarted = false;
  /** Whether the media waits for data: for the start mark, later for the refill mark. */
  #isStarved = true;
  /** Whether the listener's pause was reported. */
  #isPaused = false;
  /** What the running fade-out leads to. */
  #fadingTo: 'pause' | 'stop' | 'underrun' | undefined;
  #isFinished = false;

  /** `contextRate` in Hz; throws a `RangeError` for options that cannot be played. */
  constructor(options: ProcessorOptions, contextRate: number, outlet: PlaybackOutlet) {
    this.#outlet = outlet;
    this.#media = new MediaReader({ ...options, contextRate }, (buffer) => outlet.returnBuffer(buffer));
    this.#refillMark = new RefillMark(options.refillMark, contextRate);
    this.#startMark = options.startMark;
    this.#fadeFrames = Math.ceil(fadeTime * contextRate);
    this.#underrunFadeFrames = Math.ceil(underrunFadeTime * contextRate);
    this.#id = options.id;
    this.#before = machines.get(options.after);
    machines.set(options.id, this);
  }

  /** Queues the whole samples in the first `byteLength` bytes; after the end they are dropped. */
  push(buffer: ArrayBuffer, byteLength: number): void {
    if (this.#media.hasEnded || this.#isFinished) this.#outlet.returnBuffer(buffer);
    else if (this.#media.push(buffer, byteLength)) this.#refillMark.arrive();
  }

  /** No audio follows. */
  end(): void {
    this.#media.end();
  }

  /** Fades out and holds. */
  pause(): void {
    this.#wantsPause = true;
  }

  /** Goes on from the sample after the last one that was rendered. */
  resume(): void {
    this.#wantsPause = false;
  }

  /** Fades out and finishes. */
  stop(): void {
    this.#wantsStop = true;
    // Now, as a node that was cut from the graph never renders its end.
    machines.delete(this.#id);
  }

  /** Fills `output` with what is heard from `contextFrame` on; gives whether anything may follow. Allocates nothing. */
  render(output: Float32Array, contextFrame: number): boolean {
    output.fill(0);
    if (this.#isFinished) return false;
    this.#frame = contextFrame + output.length;
    let from = this.#before?.endFrame(contextFrame) ?? contextFrame;
    if (from < this.#frame) this.#before = undefined;
    else from = contextFrame;
    // Before the turn no buffer goes back, so that the feeder may have to wait too: that is no gap in the arrivals.
    if (!this.#wantsPause && !this.#before) this.#refillMark.elapse(output.length);
    if (!this.#isMoving) this.#rest(from);
    if (this.#isMoving) this.#move(from > contextFrame ? output.subarray(from - contextFrame) : output, from);
    return !this.#isFinished;
  }

  /**
   * The frame behind the last one, no earlier than `contextFrame`, for those who render the quantum from there on; whether it is
   * rendered here already makes no difference. `Infinity` while it is not certain.
   */
  endFrame(contextFrame: number): number {
    const next = Math.max(this.#frame, this.#before?.endFrame(contextFrame) ?? contextFrame);
    // Where a quantum went by unrendered, the stop is not going to be seen.
    if (this.#isFinished || (this.#wantsStop && this.#frame < contextFrame)) return next;
    // A stop does not make it later.
    return this.#wantsPause || !this.#media.hasEnded ? Infinity : next + this.#media.available;
  }

  /** While the media is held: sees whether it may move, or must finish. */
  #rest(contextFrame: number): void {
    if (this.#wantsStop) return this.#hold('stop', contextFrame);
    const mark = this.#hasStarted ? this.#refillMark.seconds : this.#startMark;
    this.#isStarved &&= !this.#hasQueued(mark);
    if (this.#wantsPause) {
      if (!this.#isPaused) this.#hold('pause', contextFrame);
      return;
    }
    const isBack = this.#isPaused && this.#hasStarted;
    if (isBack && !this.#isStarved && !this.#coversFades()) this.#hold('underrun', contextFrame);
    const reason = isBack ? 'resume' : this.#hasStarted ? 'refill' : 'start';
    this.#isPaused = false;
    if (this.#isStarved || this.#before) return;
    if (this.#media.available === 0) return this.#hold('end', contextFrame);
    // From 0, except at the start: there the gain is 1 already, and the first sample is heard as it was sent.
    this.#envelope.rampTo(1, this.#fadeFrames);
    this.#hasStarted = true;
    this.#isMoving = true;
    this.#outlet.anchor(reason, contextFrame, this.#media.position, 1);
  }

  /** While the media moves: renders until the quantum is full or the media holds. */
  #move(output: Float32Array, contextFrame: number): void {
    this.#steer();
    let done = 0;
    if (this.#fadingTo === undefined && !this.#media.hasEnded) {
      const untilFade = this.#media.available - this.#underrunFadeFrames;
      if (untilFade < output.length) {
        done = Math.max(0, untilFade);
        this.#emit(output, 0, done);
        this.#fadeOut('underrun', this.#underrunFadeFrames);
      }
    }
    const limit = this.#fadingTo === undefined ? this.#media.available : this.#envelope.remaining;
    const count = Math.min(output.length - done, limit);
    this.#emit(output, done, count);
    if (count === limit) this.#arrive(contextFrame + done + count);
  }

  /** Begins, redirects and takes back fade-outs as the page and the queue ask for. */
  #steer(): void {
    if (this.#wantsStop) this.#fadeOut('stop', this.#fadeFrames);
    else if (this.#wantsPause) this.#fadeOut('pause', this.#fadeFrames);
    else if (this.#fadingTo === 'pause' || (this.#fadingTo === 'underrun' && this.#hasRecovered())) {
      this.#fadingTo = undefined;
      this.#envelope.rampTo(1, this.#fadeFrames);
    }
  }

  /** A fade-out that already runs keeps its line, whatever it now leads to: what is queued covers it to its end. */
  #fadeOut(to: 'pause' | 'stop' | 'underrun', frames: number): void {
    if (this.#fadingTo === undefined) this.#envelope.rampTo(0, Math.min(frames, this.#media.available));
    this.#fadingTo = to;
  }

  /** The fade-out or the media has come to its end. */
  #arrive(contextFrame: number): void {
    const to = this.#fadingTo ?? 'end';
    this.#fadingTo = undefined;
    this.#isMoving = false;
    this.#hold(to, contextFrame);
  }

  /** Reports that the media does not move, and why; after an `end` or a `stop` it never does again. */
  #hold(reason: 'pause' | 'underrun' | 'end' | 'stop', contextFrame: number): void {
    this.#outlet.anchor(reason, contextFrame, this.#media.position, 0);
    if (reason === 'pause') this.#isPaused = true;
    else if (reason === 'underrun') {
      this.#isStarved = true;
      this.#refillMark.underrun();
    } else {
      this.#isFinished = true;
      this.#frame = contextFrame;
      machines.delete(this.#id);
      this.#media.clear();
    }
  }

  #emit(output: Float32Array, offset: number, count: number): void {
    this.#media.read(output, offset, count);
    this.#envelope.apply(output, offset, count);
  }

  #coversFades(): boolean {
    return this.#media.hasEnded || this.#media.available >= 2 * this.#fadeFrames;
  }

  /** Whether what came during the fade before an underrun lets the media go on: as much as it would start with. */
  #hasRecovered(): boolean {
    return this.#coversFades() && this.#hasQueued(this.#startMark);
  }

  /** Whether `seconds` are queued, or as much as can be. */
  #hasQueued(seconds: number): boolean {
    return this.#media.holds(seconds) || (this.#refillMark.isStalled && this.#media.available > 0);
  }
}
