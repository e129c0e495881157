import type { VoiceSettings } from '../routes/voice-settings.ts';
import { defaultVoiceSettings } from '../routes/voice-settings.ts';
import { checkFirstMessage, checkSettings, settingsChanged } from './check-message.ts';
import type { ClientMessage } from './client-message.ts';
import { SocketError } from './socket-error.ts';
import type { SocketProtocol } from './socket-protocol.ts';
import type { ContextParts } from './speech-context.ts';
import { SpeechContext } from './speech-context.ts';

const maximumContexts = 5;

/** `multi-stream-input`: several contexts, each with a text of its own. The one without an id is the default context. */
export class MultiStreamInput implements SocketProtocol {
  readonly #parts: ContextParts;
  readonly #isAuthenticated: boolean;
  readonly #contexts = new Map<string | undefined, SpeechContext>();
  #first: ClientMessage | undefined;
  #isClosing = false;

  constructor(parts: ContextParts, isAuthenticated: boolean) {
    this.#parts = parts;
    this.#isAuthenticated = isAuthenticated;
  }

  get openContexts(): number {
    return this.#contexts.size;
  }

  receive(message: ClientMessage): void {
    if (this.#first === undefined) {
      checkFirstMessage(message, this.#isAuthenticated);
      this.#first = message;
    } else if (this.#parts.connection.faults.strict_settings && message.voiceSettings !== undefined) {
      throw settingsChanged();
    }
    if (this.#isClosing) return;
    const { text = '', flushes, closesContext, closesSocket } = message;
    if (message.text === undefined && !flushes && !closesContext && !closesSocket) {
      throw new SocketError('invalid_message', 'text: Field required');
    }
    if (text !== '' || flushes) this.#speak(message);
    if (closesContext) this.#closeContext(this.#contexts.get(message.contextId));
    if (closesSocket) this.#close();
  }

  stop(): void {
    for (const context of this.#contexts.values()) context.stop();
    this.#contexts.clear();
  }

  #speak(message: ClientMessage): void {
    const id = message.contextId;
    const context = this.#contexts.get(id) ?? this.#open(message);
    checkSettings(message, context.settings);
    context.receive(message);
  }

  #open(message: ClientMessage): SpeechContext {
    const id = message.contextId;
    if (this.#contexts.size >= maximumContexts) throw tooManyContexts();
    const settings: VoiceSettings = message.voiceSettings ?? this.#first?.voiceSettings ?? defaultVoiceSettings;
    const context = new SpeechContext(this.#parts, {
      id,
      settings,
      schedule: this.#first?.schedule,
      onEnd: () => {
        this.#contexts.delete(id);
        this.#closeIfDone();
      },
    });
    this.#contexts.set(id, context);
    return context;
  }

  /** The second time it is cancelled. */
  #closeContext(context: SpeechContext | undefined): void {
    const { eager_close } = this.#parts.connection.faults;
    if (context?.isClosing || (eager_close && context?.isUnheard)) context.cancel();
    else context?.close();
  }

  #close(): void {
    this.#isClosing = true;
    this.#parts.connection.stopWaiting();
    for (const context of this.#contexts.values()) context.close();
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (this.#isClosing && this.#contexts.size === 0) this.#parts.connection.close();
  }
}

function tooManyContexts(): SocketError {
  return new SocketError(
    'max_active_conversations',
    `A connection holds ${maximumContexts} contexts at once and all of them are open. Close one before you open another.`,
  );
}
