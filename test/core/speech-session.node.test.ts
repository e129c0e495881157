import { expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { createSpeechClient, createWordTimeline } from '../../src/core/index.ts';

const voiceId = 'kal16UsEnglishMale01';
const text = 'The quick brown fox jumps over the lazy dog. It costs $5 today, and 3.14 is not pi; is it? Good night.';
const client = createSpeechClient({ baseUrl: inject('speechServerUrl'), apiKey: 'test', WebSocket });

async function* tokensOf(whole: string, size = 3): AsyncGenerator<string> {
  for (let at = 0; at < whole.length; at += size) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield whole.slice(at, at + size);
  }
}

it('speaks a text that is written token by token', async () => {
  const session = client.textToSpeech.connect(voiceId, { outputFormat: 'pcm_16000', syncAlignment: true });
  void session.send(tokensOf(text)).then(() => session.end());
  const timeline = createWordTimeline({ text });
  let bytes = 0;
  for await (const chunk of session) {
    bytes += chunk.audio.length;
    if (chunk.alignment) timeline.append(chunk.alignment);
  }
  timeline.finish();
  console.log(
    bytes / 32000,
    timeline.words
      .map((w) => `${w.text} ${w.start.toFixed(2)}-${w.end.toFixed(2)}${w.estimated ? '?' : ''}`)
      .join(' | '),
    session.warnings,
  );
  expect(session.text).toBe(text);
});
