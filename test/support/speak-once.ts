import { onTestFinished } from 'vitest';
import type { SpeechClient } from '../../src/core/index.ts';
import { hear, type HeardSpeech } from './heard-speech.ts';

/** The calls for text that is still being written. */
export const socketCalls = ['connect', 'connectMulti'] as const;

/** Has a text spoken on a connection of its own, which ends with the test. */
export async function speakOnce(
  client: SpeechClient,
  text: string,
  call: (typeof socketCalls)[number] = 'connect',
): Promise<HeardSpeech> {
  const session = client.textToSpeech[call]('kal16UsEnglishMale01', { outputFormat: 'pcm_8000' });
  onTestFinished(() => session.close());
  const speech = 'createContext' in session ? session.createContext() : session;
  void speech.send(text);
  void speech.end();
  return hear(speech, text);
}
