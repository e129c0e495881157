import { onAbort } from './abortable.ts';
import { errorFromClose } from './error-from-close.ts';
import type { OpenConnection } from './open-connection.ts';
import { parseSocketFrame } from './parse-socket-frame.ts';
import { SpeechError } from './speech-error.ts';
import type { SpeechLine } from './speech-line.ts';
import type { TimeBases } from './time-base.ts';
import { startTimer } from './wait.ts';
import type { WakeUp } from './wake-up.ts';

/** Seconds that the service has to hang up. */
const closeGrace = 2;
/** Seconds between two looks at whether silence is to be bridged: a third of the longest that the service takes. */
const longestTick = 60;

/** How a conversation is held. */
export interface ConversationOptions {
  readonly line: SpeechLine;
  readonly bases: TimeBases;
  /** Seconds of silence after which the service hangs up. */
  readonly inactivityTimeout: number;
  /** Wakes it when there may be something to send. */
  readonly wake: WakeUp;
  /** Once it is aborted, `farewell` is sent and the service's close is waited for; without a farewell the socket is closed. */
  readonly closing: AbortSignal;
  readonly farewell: readonly object[];
  /** Cuts the connection, for a service that does not hang up. */
  readonly cut: () => void;
  /** Told of what is wrong with a message without harm to its audio. */
  readonly warn: (message: string) => void;
}

/** How a conversation ended. */
export interface ConversationEnd {
  readonly error: unknown;
  /** Whether the service has hung up as it does when all is said. */
  readonly isComplete: boolean;
}

/** Sends what the speeches of a connection have to say and brings them what comes, until the connection ends. Never throws. */
export async function converse(
  { socket, credentials }: OpenConnection,
  options: ConversationOptions,
): Promise<ConversationEnd> {
  const { line, wake } = options;
  const ended = new AbortController();
  let isComplete = false;
  let stopCut: (() => void) | undefined;
  const cutLater = (): void => void (stopCut ??= startTimer(closeGrace, options.cut));
  const unfollow = onAbort(options.closing, cutLater);
  const end = (error: unknown): void => {
    ended.abort(error);
    cutLater();
    wake.now();
  };

  async function listen(): Promise<void> {
    const reader = socket.readable.getReader();
    let culprit: SpeechError | undefined;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        const frame = parseSocketFrame(value, options.warn);
        culprit = frame.contextId === undefined ? undefined : frame.error;
        line.take(frame, options.bases);
      }
      const how = await socket.closed;
      // Who has hung up here is no service that has said its last word.
      if (!ended.signal.aborted) isComplete = how.code === 1000;
      end(culprit ? hungUpForAnother(culprit) : errorFromClose(how));
    } catch (error) {
      end(error);
    }
  }

  async function talk(): Promise<void> {
    const writer = socket.writable.getWriter();
    const ticking = setInterval(() => line.tick(), Math.min(options.inactivityTimeout / 3, longestTick) * 1000);
    const write = async (messages: readonly object[]): Promise<void> => {
      for (const frame of messages.map((message) => JSON.stringify(message))) {
        // A write fails with the connection, of whose end the reader tells.
        await writer.write(frame).catch(() => once(ended.signal));
      }
    };
    let unproven = credentials;
    try {
      while (!ended.signal.aborted && !options.closing.aborted) {
        const messages = line.next(unproven);
        await write(messages);
        if (messages.length === 0) await wake.next();
        else unproven = {};
      }
      if (!ended.signal.aborted && options.farewell.length > 0) {
        // What is cancelled first is not spoken to its end.
        await write([...line.next({}), ...options.farewell]);
        await socket.closed;
      }
    } catch (error) {
      end(error);
    }
    clearInterval(ticking);
    await writer.abort().catch(() => undefined);
  }

  await Promise.all([listen(), talk()]);
  unfollow();
  // A service that does not agree to the end is left behind, but not left open.
  void socket.closed.then(() => stopCut?.());
  return { error: ended.signal.reason, isComplete };
}

/** Resolves when the signal has aborted. */
function once(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => onAbort(signal, () => resolve()));
}

/** The error of a connection that ended because of one speech; the others may go on over another one. */
function hungUpForAnother(cause: SpeechError): SpeechError {
  return new SpeechError('network', 'The service hung up because of another context: see cause.', { cause });
}
