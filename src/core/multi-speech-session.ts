import { onAbort } from './abortable.ts';
import type { LiveConnection } from './live-connection.ts';
import { LiveSpeech, type LiveSpeechOptions } from './live-speech.ts';
import { SpeechContext } from './speech-context.ts';
import { voiceFields, type VoiceOptions } from './session-options.ts';

/** How a context speaks; what is left out is as `connectMulti` was told. */
export interface ContextOptions extends VoiceOptions {
  /** Its name on the connection, which no other context has or had; made here unless given. */
  readonly contextId?: string | undefined;
  /** Cancels the context; what is waited for then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What a session with several contexts is made of. */
export interface MultiSpeechSessionParts {
  readonly connection: LiveConnection;
  readonly speech: Omit<LiveSpeechOptions, 'id' | 'warn' | 'wake'>;
  readonly warnings: ReadonlySet<string>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Many speeches over one WebSocket, up to five at a time: further ones wait their turn. The connection opens at once. When it
 * is lost, contexts go on over a new one; when the service has hung up since there was no context, the next one opens it.
 */
export class MultiSpeechSession implements AsyncDisposable {
  readonly #parts: MultiSpeechSessionParts;
  readonly #ids = new Set<string>();
  #lastId = 0;
  readonly #unfollow: () => void;

  /** @internal */
  constructor(parts: MultiSpeechSessionParts) {
    this.#parts = parts;
    this.#unfollow = onAbort(parts.signal, (reason) => void parts.connection.close(reason));
  }

  /** What was wrong with the replies without harm to the audio, each kind once. */
  get warnings(): readonly string[] {
    return [...this.#parts.warnings];
  }

  /**
   * A new context. It takes its place among the five when it has its first text.
   *
   * @throws TypeError when the session was closed, or the id was used before; the reason of the session's signal, if that did it
   */
  createContext({ contextId, signal, ...voice }: ContextOptions = {}): SpeechContext {
    const { connection, speech, signal: closing } = this.#parts;
    closing?.throwIfAborted();
    if (connection.isClosed) throw new TypeError('This session was closed: connect again.');
    const id = contextId ?? this.#newId();
    if (this.#ids.has(id)) throw new TypeError('This contextId was used before: pass another one, or none.');
    this.#ids.add(id);
    const warnings = new Set<string>();
    const own = new LiveSpeech({
      ...speech,
      id,
      voice: { ...speech.voice, ...voiceFields(voice) },
      wake: () => connection.wake(),
      warn: (message) => warnings.add(message),
    });
    connection.add(own);
    return new SpeechContext(own, warnings, signal);
  }

  /** Cancels the contexts that are left and ends the connection; resolves when the service has hung up, after 2 s at most. */
  close(): Promise<void> {
    this.#unfollow();
    return this.#parts.connection.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  [Symbol.dispose](): void {
    void this.close();
  }

  #newId(): string {
    let id;
    do id = `context-${(this.#lastId += 1)}`;
    while (this.#ids.has(id));
    return id;
  }
}
