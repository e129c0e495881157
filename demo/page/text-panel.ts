import { highlight, type Playback, type Player } from 'saylight/player';
import { element } from './element.ts';
import type { Gateway } from './gateway.ts';
import { keepLitWordInView } from './keep-in-view.ts';
import { showMeasurements } from './measurements.ts';
import { showMessage, tellWhenHeld } from './message.ts';

const sample = `The quick brown fox jumps over the lazy dog, and nobody minds.

Speech arrives in small pieces while it is still being made. Each piece brings its sound, and the moment at which every character is heard. So the page can light a word exactly when you hear it: not before, and not after.

Try it with a text of your own.`;

const text = element('text') as HTMLTextAreaElement;
const reading = element('reading');
const progress = element('progress');
const speak = element('speak') as HTMLButtonElement;
const pause = element('pause') as HTMLButtonElement;
const stop = element('stop') as HTMLButtonElement;

/** Brings the tab to life that speaks a text as a whole; gives what is to be called once there is a voice. */
export function startTextPanel(player: Player, gateway: Gateway, voiceId: () => string): () => void {
  let playback: Playback | undefined;

  function start(): void {
    showMessage('');
    try {
      playback = player.speak({ ...gateway, voiceId: voiceId(), text: text.value, model_id: 'eleven_flash_v2_5' });
    } catch (error) {
      showMessage((error as Error).message);
      return;
    }
    reading.textContent = text.value;
    const light = highlight(playback, reading);
    showMeasurements(playback);
    const following = follow(playback);
    playback.finished
      .catch((error: Error) => showMessage(error.message))
      .finally(() => {
        light.close();
        clearInterval(following);
      });
  }

  /** Shows how far it is, until the timer that it gives is cleared. */
  function follow(current: Playback): ReturnType<typeof setInterval> {
    const showState = (): void => {
      if (current !== playback) return;
      const isOver = ['ended', 'stopped', 'failed'].includes(current.state);
      text.hidden = !isOver;
      reading.hidden = isOver;
      pause.disabled = isOver;
      stop.disabled = isOver;
      pause.textContent = current.state === 'paused' ? 'Resume' : 'Pause';
      showProgress(current);
    };
    current.addEventListener('statechange', showState);
    tellWhenHeld(current);
    current.addEventListener('word', () => keepLitWordInView(reading));
    showState();
    return setInterval(showProgress, 100, current);
  }

  text.value = sample;
  speak.addEventListener('click', start);
  stop.addEventListener('click', () => playback?.stop());
  pause.addEventListener('click', () => (playback?.state === 'paused' ? playback.resume() : playback?.pause()));
  return () => (speak.disabled = false);
}

function showProgress({ duration, currentTime }: Playback): void {
  progress.style.transform = `scaleX(${duration === undefined ? 0 : currentTime / duration})`;
}
