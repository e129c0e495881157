import { createConversation, type Conversation, type Player } from 'saylight/player';
import { startComposer } from './composer.ts';
import { element } from './element.ts';
import type { Gateway } from './gateway.ts';
import { showMessage } from './message.ts';
import { replay, tokenize } from './model-tokens.ts';
import { replies } from './replies.ts';
import { addTurnView } from './turn-view.ts';
import { startTurn, type Turn } from './turn.ts';

const panel = element('panel-conversation');
const transcript = element('transcript');
const word = element('word') as HTMLInputElement;
const interrupt = element('interrupt') as HTMLButtonElement;

/** Brings the tab to life that speaks text while it is being written; gives what is to be called once there is a voice. */
export function startConversationPanel(player: Player, gateway: Gateway, voiceId: () => string): () => void {
  let conversation: Conversation | undefined;
  let voice: string | undefined;
  let turn: Turn | undefined;

  /** One connection for all turns, until another voice is chosen. */
  function converse(): Conversation {
    if (conversation && voice === voiceId()) return conversation;
    void conversation?.close();
    voice = voiceId();
    const model_id = 'eleven_flash_v2_5';
    return (conversation = createConversation(player, { ...gateway, voiceId: voice, model_id, autoMode: true }));
  }

  function begin(heading: string): Turn {
    showMessage('');
    transcript.querySelector('.empty')?.remove();
    const begun = startTurn(converse(), addTurnView(transcript, heading), transcript);
    turn = begun;
    interrupt.disabled = false;
    begun.over.addEventListener('abort', () => begun === turn && rest());
    return begun;
  }

  /** Nothing is left to interrupt. */
  function rest(): void {
    // A button that is disabled would take the focus with it.
    if (document.activeElement === interrupt) transcript.focus({ preventScroll: true });
    interrupt.disabled = true;
  }

  async function ask(question: string, answer: string): Promise<void> {
    const reply = begin(question);
    await replay(tokenize(answer), (token) => reply.write(token), reply.over);
    reply.end();
  }

  const questions = replies.map(({ question, answer }) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = question;
    button.disabled = true;
    button.addEventListener('click', () => void ask(question, answer));
    return button;
  });
  element('questions').append(...questions);
  startComposer(() => begin('You write'));
  interrupt.addEventListener('click', () => turn?.interrupt());
  panel.addEventListener('keydown', ({ key, isComposing }) => {
    if (key === 'Escape' && !isComposing) turn?.interrupt();
  });
  return () => {
    word.disabled = false;
    for (const button of questions) button.disabled = false;
  };
}
