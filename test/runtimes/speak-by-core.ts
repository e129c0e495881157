// Has a text spoken by each kind of call, through a gateway if there is one, and prints what came of it as JSON.
import { createSpeechClient } from '../../src/core/index.ts';
import { served } from '../edge/served/served-options.ts';
import { hear } from '../support/heard-speech.ts';

const [baseUrl = '', tokenUrl = '', text = ''] = process.argv.slice(2);
const voiceId = 'kal16UsEnglishMale01';
const options = { outputFormat: 'pcm_8000' } as const;
const { textToSpeech } = createSpeechClient({
  baseUrl,
  token: tokenUrl === '' ? 'test' : new URL(tokenUrl),
  headers: { cookie: served.cookie },
});

const { audio } = await textToSpeech.stream(voiceId, { text }, options);
const streamed = (await new Response(audio).arrayBuffer()).byteLength;
const timed = await hear(textToSpeech.streamWithTimestamps(voiceId, { text }, options), text);
const session = textToSpeech.connect(voiceId, { ...options, syncAlignment: true });
void session.end(text).catch(() => {});
const live = await hear(session, text);
await session.close();

console.log(JSON.stringify({ streamed, timed: spoken(timed), live: spoken(live) }));

function spoken({ bytes, words, error }: Awaited<ReturnType<typeof hear>>): object {
  return { bytes, words: words.map((word) => word.text), error: error instanceof Error ? error.message : error };
}
