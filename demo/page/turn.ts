import { highlight, type Conversation } from 'saylight/player';
import { keepLitWordInView } from './keep-in-view.ts';
import { showMeasurements } from './measurements.ts';
import { showMessage, tellWhenHeld } from './message.ts';
import { createTextStream } from './text-stream.ts';
import type { TurnView } from './turn-view.ts';
import { whyFailed } from './why-failed.ts';

/** A turn of the conversation: shown and spoken while it is being written. */
export interface Turn {
  /** Aborts when it is over, whatever the end. */
  readonly over: AbortSignal;
  /** Whether more text may follow. */
  readonly isOpen: boolean;
  write(piece: string): void;
  /** No more text follows. */
  end(): void;
  interrupt(): void;
}

/** Begins a turn, which interrupts the one before. */
export function startTurn(conversation: Conversation, view: TurnView, transcript: HTMLElement): Turn {
  const text = createTextStream();
  const over = new AbortController();
  let isWritten = false;
  const playback = conversation.speak(text, { whenSpeaking: 'interrupt' });
  const light = highlight(playback, view.said);
  showMeasurements(playback);
  tellWhenHeld(playback);
  playback.addEventListener('word', () => keepLitWordInView(transcript));
  playback.addEventListener('statechange', () => {
    const { timeToFirstSound } = playback.metrics;
    if (timeToFirstSound !== undefined) view.showFirstSound(timeToFirstSound);
  });

  function end(): void {
    isWritten = true;
    text.end();
    view.showWritten();
  }

  function leave(): void {
    light.close();
    over.abort();
    end();
  }

  async function settle(): Promise<void> {
    try {
      // Another one that begins stops it too: what was heard of it is told after the fact.
      const outcome = await playback.finished.finally(leave);
      if (outcome === 'stopped') view.showHeard(await playback.interrupt());
    } catch (error) {
      showMessage(whyFailed(error));
    }
  }

  void settle();
  return {
    over: over.signal,
    get isOpen() {
      return !isWritten && !over.signal.aborted;
    },
    write(piece) {
      view.append(piece);
      text.write(piece);
    },
    end,
    interrupt: () => playback.stop(),
  };
}
