import type { VoiceSettings } from '../routes/voice-settings.ts';
import { serviceErrors } from '../wire/service-error.ts';
import type { ClientMessage } from './client-message.ts';
import { SocketError } from './socket-error.ts';

/** Throws if neither the handshake nor the first message has carried credentials. */
export function checkFirstMessage(message: ClientMessage, isAuthenticated: boolean): void {
  if (!isAuthenticated && !message.hasCredentials) throw serviceErrors.missingKey();
}

/** Throws if a message names settings other than those that its context began with. */
export function checkSettings(message: ClientMessage, settings: VoiceSettings): void {
  if (message.voiceSettings === undefined) return;
  if (JSON.stringify(message.voiceSettings) !== JSON.stringify(settings)) throw settingsChanged();
}

export function settingsChanged(): SocketError {
  return new SocketError(
    'invalid_voice_settings',
    'voice_settings belong in the first message; later ones leave them out or repeat them without a change.',
  );
}
