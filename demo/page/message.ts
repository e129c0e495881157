import type { Playback } from 'saylight/player';
import { element } from './element.ts';

/** Shows what the user needs to know of, instead of what was shown before; nothing for an empty text. */
export function showMessage(message: string): void {
  element('message').textContent = message;
}

/** Says so while the browser holds the sound of a playback. */
export function tellWhenHeld(playback: Playback): void {
  playback.addEventListener('statechange', ({ state }) =>
    showMessage(state === 'suspended' ? 'The browser holds the sound: click anywhere to hear it.' : ''),
  );
}
