import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createSpeechClient, type SpeechClient } from '../../src/core/index.ts';
import { served } from '../edge/served/served-options.ts';
import { servedGatewaySuite, type ServedGateway } from '../edge/served/served-gateway-suite.ts';
import { hear, wordsOf } from '../support/heard-speech.ts';
import { runScript, runtimes, type Runtime } from './runtime-process.ts';

const voiceId = 'kal16UsEnglishMale01';
const text = 'The old mill stands by the river. Nobody has lived there for years.';
const options = { outputFormat: 'pcm_8000', syncAlignment: true } as const;

async function startGateway(runtime: Runtime, serviceUrl: string): Promise<ServedGateway> {
  const { line, stop } = await runScript(runtime, 'serve-gateway.ts', serviceUrl);
  return { url: line, stop };
}

/** A gateway before the local speech server, for as long as the test. */
async function gatewayUrl(runtime: Runtime): Promise<string> {
  const gateway = await startGateway(runtime, inject('speechServerUrl'));
  onTestFinished(() => gateway.stop());
  return gateway.url;
}

/** A client of it, as a server of Node's has one. */
async function clientOf(runtime: Runtime): Promise<SpeechClient> {
  const baseUrl = await gatewayUrl(runtime);
  const headers = { cookie: served.cookie };
  return createSpeechClient({ baseUrl, token: new URL(`${baseUrl}/token`), WebSocket, headers, retry: false });
}

describe.each(runtimes)('%s', (runtime) => {
  servedGatewaySuite(runtime, (serviceUrl) => startGateway(runtime, serviceUrl), {
    noticesEarlyLeaving: true,
    tellsOfBrokenBodies: true,
  });
});

describe('the WebSocket of a page', () => {
  test.each(runtimes)('is passed on by Deno to a page in %s, as all other calls are', async (page) => {
    const url = await gatewayUrl('Deno');
    const { line, stop } = await runScript(page, 'speak-by-core.ts', url, `${url}/token`, text);
    await stop();
    const { streamed, timed, live } = JSON.parse(line);
    expect(streamed).toBeGreaterThan(8000);
    for (const { words, error } of [timed, live]) {
      expect(error).toBeUndefined();
      expect(words).toEqual(wordsOf(text));
    }
  });

  test('is passed on by Deno however the page writes its list of subprotocols', async () => {
    const { textToSpeech } = await clientOf('Deno');
    await using session = textToSpeech.connectMulti(voiceId, options);
    const context = session.createContext();
    void context.close(text).catch(() => {});
    const { words, error } = await hear(context, text);
    expect(error).toBeUndefined();
    expect(words.map((word) => word.text)).toEqual(wordsOf(text));
  });

  test('is refused by Bun, whose server takes one by other means than a reply', async () => {
    const { textToSpeech } = await clientOf('Bun');
    await using session = textToSpeech.connect(voiceId, options);
    void session.end(text).catch(() => {});
    expect((await hear(session, text)).error).toMatchObject({ status: 501 });
  });
});
