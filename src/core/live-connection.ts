import { onAbort } from './abortable.ts';
import { converse, type ConversationEnd } from './converse.ts';
import type { LiveSpeech } from './live-speech.ts';
import { openConnection, type ConnectionProof, type ConnectionTarget } from './open-connection.ts';
import { retryDelay } from './retry-delay.ts';
import type { SocketDialect } from './socket-dialect.ts';
import type { SharedSettings } from './shared-settings.ts';
import { SpeechError } from './speech-error.ts';
import { SpeechLine } from './speech-line.ts';
import { TimeBases, type TimeBase } from './time-base.ts';
import { wait } from './wait.ts';
import { WakeUp } from './wake-up.ts';

/** What a live connection is made for. */
export interface LiveConnectionOptions {
  readonly settings: SharedSettings;
  readonly target: ConnectionTarget;
  readonly dialect: SocketDialect;
  readonly timeBase: TimeBase | undefined;
  /** Seconds of silence after which the service hangs up. */
  readonly inactivityTimeout: number;
  /** The most speeches at once. */
  readonly limit: number;
  readonly warn: (message: string) => void;
}

/**
 * A connection for live speeches: opened at once, and when it was lost again as soon as there is something to say. Its
 * speeches are told of what befalls them.
 */
export class LiveConnection {
  readonly #options: LiveConnectionOptions;
  readonly #wake = new WakeUp();
  readonly #line: SpeechLine;
  readonly #closing = new AbortController();
  readonly #proof: ConnectionProof = { value: undefined };
  readonly #ended: Promise<void>;
  /** Whether there is no connection, and none is wanted. */
  #isIdle = false;
  #failures = 0;
  #isRenewed = false;

  constructor(options: LiveConnectionOptions) {
    this.#options = options;
    this.#line = new SpeechLine(options.dialect, options.limit, () => this.#wake.now());
    this.#ended = this.#run();
  }

  /** Whether it was closed. */
  get isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** Has `speech` spoken, as soon as it is its turn. A connection that was lost is opened anew. */
  add(speech: LiveSpeech): void {
    this.#isIdle = false;
    this.#line.add(speech);
  }

  /** Something may be to be sent. */
  wake(): void {
    this.#wake.now();
  }

  /** Leaves every speech, with `error` if there is one; resolves when the service has hung up, after 2 s at most. */
  async close(error?: unknown): Promise<void> {
    if (!this.isClosed) {
      this.#closing.abort();
      this.#line.leave(error);
      this.#wake.now();
    }
    await this.#ended;
  }

  async #run(): Promise<void> {
    // Who closes it at once, since the signal has aborted, opens nothing.
    await Promise.resolve();
    do {
      const { error, isComplete } = await this.#connect();
      this.#line.lost(isComplete);
      await this.#recover(error);
      this.#isIdle = true;
      while (!this.isClosed && !this.#line.isDue && this.#isIdle) await this.#wake.next();
      this.#isIdle = false;
    } while (!this.isClosed);
  }

  /** One connection, from its opening to its end. */
  async #connect(): Promise<ConversationEnd> {
    const { settings, target, dialect, timeBase, inactivityTimeout, warn } = this.#options;
    const cut = new AbortController();
    const unfollow = onAbort(this.#closing.signal, (reason) => cut.abort(reason));
    try {
      const connection = await openConnection(settings, target, cut.signal, this.#proof);
      // From here on it is asked to hang up first.
      unfollow();
      return await converse(connection, {
        line: this.#line,
        bases: new TimeBases(timeBase),
        inactivityTimeout,
        wake: this.#wake,
        closing: this.#closing.signal,
        cut: () => cut.abort(),
        farewell: dialect.close(),
        warn,
      });
    } catch (error) {
      return { error, isComplete: false };
    } finally {
      unfollow();
    }
  }

  /** Waits until it is worth another try; without hope the speeches fail. */
  async #recover(error: unknown): Promise<void> {
    if (this.#line.hasAdvanced) {
      this.#failures = 0;
      this.#isRenewed = false;
    }
    if (this.#line.isEmpty) return this.#line.rewind(error);
    const { credentials, retry } = this.#options.settings;
    const { value } = this.#proof;
    const isRefused = SpeechError.is(error) && error.code === 'unauthorized';
    if (isRefused && value && credentials.refuse && !this.#isRenewed) {
      this.#isRenewed = true;
      credentials.refuse(value);
      return this.#line.rewind(error);
    }
    this.#failures += 1;
    const delay = SpeechError.is(error) ? delayAfter(error, this.#failures, retry) : undefined;
    if (delay === undefined) {
      this.#failures = 0;
      this.#isRenewed = false;
      return this.#line.fail(error);
    }
    this.#line.rewind(error);
    try {
      await wait(delay, this.#closing.signal);
    } catch {
      // Closed meanwhile.
    }
  }
}

/** Seconds to wait before a connection that failed is opened again; `undefined` when it is not. */
function delayAfter(error: SpeechError, failures: number, retry: SharedSettings['retry']): number | undefined {
  // The service has hung up in a silence that was not bridged, as that of a machine that slept: it is there at once.
  const isSilence = error.detail?.code === 'input_timeout_exceeded';
  return isSilence
    ? retryDelay(new SpeechError('network', error.message), failures, retry, 0)
    : retryDelay(error, failures, retry, Math.random());
}
