import type { Playback } from 'saylight/player';
import { element } from './element.ts';

const milliseconds = (seconds: number): string => `${Math.round(seconds * 1000)} ms`;

let stopShowing: (() => void) | undefined;

/** Shows what a playback measures while it runs, instead of the one before. */
export function showMeasurements(playback: Playback): void {
  stopShowing?.();
  const lags: number[] = [];
  const over = new AbortController();
  const { signal } = over;

  const show = (): void => {
    const { timeToFirstSound, bufferedAhead, underruns } = playback.metrics;
    element('state').textContent = playback.state;
    element('first-sound').textContent = timeToFirstSound === undefined ? '–' : milliseconds(timeToFirstSound);
    element('buffer').textContent = `${bufferedAhead.toFixed(1)} s`;
    element('underruns').textContent = String(underruns);
    element('lag').textContent = lags.length === 0 ? '–' : describe(lags);
  };
  const timer = setInterval(show, 100);
  playback.addEventListener('word', ({ lag }) => lags.push(lag), { signal });
  playback.addEventListener('statechange', show, { signal });
  show();
  stopShowing = () => {
    clearInterval(timer);
    over.abort();
  };
  playback.finished.finally(() => clearInterval(timer)).catch(() => undefined);
}

/** The middle of the errors between a word's time and its lighting, and the worst. */
function describe(lags: readonly number[]): string {
  const sorted = [...lags].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const worst = Math.max(...lags.map(Math.abs));
  return `${milliseconds(middle)} (max ${Math.round(worst * 1000)})`;
}
