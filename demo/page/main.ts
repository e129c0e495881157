import { createSpeechClient } from 'saylight';
import { createPlayer, highlight, type Playback } from 'saylight/player';
import { showMeasurements } from './measurements.ts';

const sample = `The quick brown fox jumps over the lazy dog, and nobody minds.

Speech arrives in small pieces while it is still being made. Each piece brings its sound, and the moment at which every character is heard. So the page can light a word exactly when you hear it: not before, and not after.

Try it with a text of your own.`;

const element = (id: string): HTMLElement => document.querySelector(`#${id}`) as HTMLElement;
const text = element('text') as HTMLTextAreaElement;
const reading = element('reading');
const voice = element('voice') as HTMLSelectElement;
const speak = element('speak') as HTMLButtonElement;
const pause = element('pause') as HTMLButtonElement;
const stop = element('stop') as HTMLButtonElement;
const message = element('message');

// The server of this page holds the key and passes speech on.
const baseUrl = location.origin;
const player = createPlayer();
let playback: Playback | undefined;

function start(): void {
  message.textContent = '';
  try {
    playback = player.speak({ baseUrl, voiceId: voice.value, text: text.value, model_id: 'eleven_flash_v2_5' });
  } catch (error) {
    message.textContent = (error as Error).message;
    return;
  }
  reading.textContent = text.value;
  const light = highlight(playback, reading);
  const measurements = showMeasurements(playback);
  follow(playback);
  playback.finished
    .catch((error: Error) => (message.textContent = error.message))
    .finally(() => {
      light.close();
      measurements.close();
    });
}

function follow(current: Playback): void {
  const show = (): void => {
    if (current !== playback) return;
    const isOver = ['ended', 'stopped', 'failed'].includes(current.state);
    text.hidden = !isOver;
    reading.hidden = isOver;
    pause.disabled = isOver;
    stop.disabled = isOver;
    pause.textContent = current.state === 'paused' ? 'Resume' : 'Pause';
    if (current.state === 'suspended') message.textContent = 'The browser holds the sound: click anywhere to hear it.';
    else message.textContent = '';
  };
  current.addEventListener('statechange', show);
  current.addEventListener('word', () => keepInView(reading));
  show();
}

/** Scrolls the reading view when the lit word leaves it. */
function keepInView(view: HTMLElement): void {
  const [range] = CSS.highlights?.get('saylight-word') ?? [];
  if (!(range instanceof Range)) return;
  const { top, bottom } = range.getBoundingClientRect();
  const box = view.getBoundingClientRect();
  const margin = box.height / 5;
  if (top < box.top + margin || bottom > box.bottom - margin) view.scrollBy({ top: top - box.top - box.height / 3 });
}

async function listVoices(): Promise<void> {
  const client = createSpeechClient({ baseUrl });
  voice.replaceChildren();
  for await (const { voice_id, name, description } of client.voices.search({ page_size: 50 })) {
    const option = new Option(name ?? voice_id, voice_id);
    option.dataset['description'] = description ?? '';
    voice.append(option);
  }
  describeVoice();
  voice.disabled = false;
  speak.disabled = false;
}

function describeVoice(): void {
  element('about').textContent = voice.selectedOptions[0]?.dataset['description'] ?? '';
}

text.value = sample;
voice.addEventListener('change', describeVoice);
speak.addEventListener('click', start);
stop.addEventListener('click', () => playback?.stop());
pause.addEventListener('click', () => (playback?.state === 'paused' ? playback.resume() : playback?.pause()));
listVoices().catch((error: Error) => {
  message.textContent = `The voices could not be listed. ${error.message}`;
});
