import { element } from './element.ts';
import { showMessage } from './message.ts';
import type { Turn } from './turn.ts';

const form = element('composer') as HTMLFormElement;
const word = element('word') as HTMLInputElement;
const finish = element('finish') as HTMLButtonElement;

/** Has what is typed spoken while it is typed: only the word in progress stays in the field. `begin` begins a turn. */
export function startComposer(begin: () => Turn): void {
  let turn: Turn | undefined;

  function say(words: string): void {
    if (!turn?.isOpen) {
      turn = begin();
      turn.over.addEventListener('abort', update);
    }
    turn.write(words);
  }

  function sayCompleteWords(): void {
    const [words = ''] = /^.*\s/su.exec(word.value) ?? [];
    word.value = word.value.slice(words.length);
    if (words.trim() !== '') say(words);
    update();
  }

  function sayRest(): void {
    if (word.value.trim() !== '') say(word.value);
    word.value = '';
    turn?.end();
    update();
  }

  function update(): void {
    finish.disabled = !turn?.isOpen && word.value.trim() === '';
  }

  word.addEventListener('input', (event) => event.isComposing || sayCompleteWords());
  word.addEventListener('compositionend', sayCompleteWords);
  word.addEventListener('keydown', ({ key }) => {
    if (key === 'Backspace' && word.value === '' && turn?.isOpen) showMessage('What has moved up can’t be unsaid.');
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    sayRest();
  });
}
