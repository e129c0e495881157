import { defaultVoiceSettings } from '../routes/voice-settings.ts';
import type { ClientMessage } from './client-message.ts';
import { checkFirstMessage, checkSettings } from './check-message.ts';
import { SocketError } from './socket-error.ts';
import type { SocketProtocol } from './socket-protocol.ts';
import type { ContextParts } from './speech-context.ts';
import { SpeechContext } from './speech-context.ts';

/** `stream-input`: one text, which an empty one ends. */
export class StreamInput implements SocketProtocol {
  readonly #parts: ContextParts;
  readonly #isAuthenticated: boolean;
  #context: SpeechContext | undefined;
  #isOpen = false;

  constructor(parts: ContextParts, isAuthenticated: boolean) {
    this.#parts = parts;
    this.#isAuthenticated = isAuthenticated;
  }

  get openContexts(): number {
    return this.#isOpen ? 1 : 0;
  }

  receive(message: ClientMessage): void {
    if (message.text === undefined) throw new SocketError('invalid_message', 'text: Field required');
    const context = this.#context ?? this.#open(message);
    checkSettings(message, context.settings);
    if (message.text === '') {
      this.#parts.connection.stopWaiting();
      context.flush();
      context.close();
    } else {
      context.receive(message);
    }
  }

  stop(): void {
    this.#isOpen = false;
    this.#context?.stop();
  }

  #open(message: ClientMessage): SpeechContext {
    checkFirstMessage(message, this.#isAuthenticated);
    this.#isOpen = true;
    this.#context = new SpeechContext(this.#parts, {
      id: undefined,
      settings: message.voiceSettings ?? defaultVoiceSettings,
      schedule: undefined,
      onEnd: () => {
        this.#isOpen = false;
        this.#parts.connection.close();
      },
    });
    return this.#context;
  }
}
