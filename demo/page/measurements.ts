import type { Playback } from 'saylight/player';

const field = (id: string): HTMLElement => document.querySelector(`#${id}`) as HTMLElement;
const milliseconds = (seconds: number): string => `${Math.round(seconds * 1000)} ms`;

/** Shows what a playback measures while it runs. */
export function showMeasurements(playback: Playback): { close(): void } {
  const lags: number[] = [];
  playback.addEventListener('word', ({ lag }) => lags.push(lag));

  const show = (): void => {
    const { timeToFirstSound, bufferedAhead, underruns } = playback.metrics;
    field('state').textContent = playback.state;
    field('first-sound').textContent = timeToFirstSound === undefined ? '–' : milliseconds(timeToFirstSound);
    field('buffer').textContent = `${bufferedAhead.toFixed(1)} s`;
    field('underruns').textContent = String(underruns);
    field('lag').textContent = lags.length === 0 ? '–' : describe(lags);
    const { duration } = playback;
    field('progress').style.transform = `scaleX(${duration === undefined ? 0 : playback.currentTime / duration})`;
  };
  const timer = setInterval(show, 100);
  playback.addEventListener('statechange', show);
  show();
  return {
    close() {
      clearInterval(timer);
    },
  };
}

/** The middle of the errors between a word's time and its lighting, and the worst. */
function describe(lags: readonly number[]): string {
  const sorted = [...lags].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const worst = Math.max(...lags.map(Math.abs));
  return `${milliseconds(middle)} (max ${Math.round(worst * 1000)})`;
}
