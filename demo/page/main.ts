import { createSpeechClient } from 'saylight';
import { createPlayer } from 'saylight/player';
import { startConversationPanel } from './conversation-panel.ts';
import { element } from './element.ts';
import { gatewayOfPage } from './gateway.ts';
import { showMessage } from './message.ts';
import { startTabs } from './tabs.ts';
import { startTextPanel } from './text-panel.ts';

const voice = element('voice') as HTMLSelectElement;

const gateway = gatewayOfPage();
const player = createPlayer();

async function listVoices(): Promise<void> {
  const client = createSpeechClient(gateway);
  voice.replaceChildren();
  for await (const { voice_id, name, description } of client.voices.search({ page_size: 50 })) {
    const option = new Option(name ?? voice_id, voice_id);
    option.dataset['description'] = description ?? '';
    voice.append(option);
  }
  describeVoice();
  voice.disabled = false;
  enableText();
  enableConversation();
}

function describeVoice(): void {
  element('about').textContent = voice.selectedOptions[0]?.dataset['description'] ?? '';
}

const enableText = startTextPanel(player, gateway, () => voice.value);
const enableConversation = startConversationPanel(player, gateway, () => voice.value);
startTabs(document.querySelector('[role="tablist"]') as HTMLElement);
voice.addEventListener('change', describeVoice);
listVoices().catch((error: Error) => showMessage(`The voices could not be listed. ${error.message}`));
