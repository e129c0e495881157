import type { Heard } from 'saylight/player';
import { keepInView } from './keep-in-view.ts';

/** A turn of the conversation as the page shows it. */
export interface TurnView {
  /** Holds the text. */
  readonly said: HTMLElement;
  append(piece: string): void;
  showFirstSound(seconds: number): void;
  /** No more text follows. */
  showWritten(): void;
  /** What was heard stands out from the rest. */
  showHeard(heard: Heard): void;
}

/** Adds a turn to a transcript. */
export function addTurnView(transcript: HTMLElement, heading: string): TurnView {
  const text = new Text();
  const note = make('span', 'note');
  const said = make('p', 'said', text);
  const turn = make('article', 'turn writing', make('h2', '', heading), note, said);
  transcript.append(turn);
  transcript.scrollTo({ top: turn.offsetTop + turn.clientTop });

  return {
    said,
    append: (piece) => text.appendData(piece),
    showFirstSound(seconds) {
      note.textContent = `first sound ${Math.round(seconds * 1000)} ms`;
    },
    showWritten: () => turn.classList.remove('writing'),
    showHeard({ heardText, heardTime }) {
      turn.classList.add('interrupted');
      note.append(`${note.textContent && ' · '}interrupted at ${heardTime.toFixed(1)} s`);
      said.before(make('p', 'label', heardText ? 'You heard:' : 'You heard nothing yet.'));
      // Where one ends and the other begins.
      const border = make('span', '');
      const rest = make('span', 'rest', text.data.slice(heardText.length));
      said.replaceChildren(make('span', 'heard', heardText), border, rest);
      keepInView(transcript, border);
    },
  };
}

function make(name: string, className: string, ...content: (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.append(...content);
  return made;
}
