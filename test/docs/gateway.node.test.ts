import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { expect, inject, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { createSpeechClient } from '../../src/core/index.ts';
import type { SpeechResponse } from '../../src/core/speech-response.ts';
import type { SpeechGatewayOptions } from '../../src/edge/gateway-options.ts';
import { memoryLimitsForTests } from '../../src/edge/limits/memory-limits-for-tests.ts';
import type { SpeechGateway } from '../../src/edge/speech-gateway.ts';
import type { SpeakRequest } from '../../src/player/speak-request.ts';
import { hear, wordsOf } from '../support/heard-speech.ts';

const root = new URL('../../', import.meta.url);
const docs = readFileSync(new URL('docs/gateway.md', root), 'utf8');
const examples = [...docs.matchAll(/```[jt]s\n(.+?)```/gs)].map(([, code = '']) => code);
const text = 'The old mill stands by the river.';
const voiceId = 'kal16UsEnglishMale01';

/** The example that holds `mark`, as a module; `given` are the values of names that the app has. */
async function runExample(
  mark: string,
  given: Readonly<Record<string, unknown>>,
  edit: (code: string) => string = (code) => code,
): Promise<Record<string, unknown>> {
  const example = examples.find((code) => code.includes(mark)) ?? '';
  const scope = globalThis as { given?: typeof given };
  scope.given = given;
  const code = `const { ${Object.keys(given).join()} } = globalThis.given;\n${edit(example)}`;
  const vite = await createServer({
    configFile: false,
    root: fileURLToPath(root),
    appType: 'custom',
    logLevel: 'warn',
    cacheDir: fileURLToPath(new URL('node_modules/.cache/vite-docs', root)),
    plugins: [
      {
        name: 'example',
        resolveId: (id) => (id === '/example.ts' ? id : undefined),
        load: (id) => (id === '/example.ts' ? code : undefined),
      },
    ],
    resolve: { alias: { 'saylight/edge': fileURLToPath(new URL('src/edge/index.ts', root)) } },
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, watch: null, ws: false },
  });
  try {
    return await vite.ssrLoadModule('/example.ts');
  } finally {
    await vite.close();
    delete scope.given;
  }
}

const secret = 'a secret of this test, of 32 bytes or more';

it('begins with a gateway and a page that speaks through it', async () => {
  const env = { ELEVENLABS_API_KEY: 'local', TOKEN_SECRET: secret };
  const { default: gateway } = (await runExample('export default', { userOf: () => ({ subject: 'ada' }) }, (code) =>
    code
      .replace('durableLimits(env.SPEECH_LIMITS)', 'limits')
      .replace('apiKey:', `serviceUrl: '${inject('speechServerUrl')}', log: false, apiKey:`)
      .replace(
        'export default',
        "import { memoryLimitsForTests } from 'saylight/edge';\nconst limits = memoryLimitsForTests();\n$&",
      ),
  )) as unknown as { default: SpeechGateway<typeof env> };
  let request: SpeakRequest | undefined;
  const player = { speak: (asked: SpeakRequest) => (request = asked) };
  await runExample('player.speak', { player, location: { href: 'https://app.example/a' }, voiceId, text });
  const { baseUrl, ...rest } = request!;
  const { textToSpeech } = createSpeechClient({
    ...rest,
    baseUrl: new URL(baseUrl!, 'https://app.example').href,
    fetch: (url, init) => gateway.fetch(pageRequest(url, init), env),
  });
  const { model_id } = rest;
  const speech = textToSpeech.convert(rest.voiceId, { text, model_id }, { outputFormat: 'pcm_8000' });
  expect(await byteLength(speech)).toBeGreaterThan(8000);
});

async function byteLength(speech: Promise<SpeechResponse>): Promise<number> {
  const { audio } = await speech;
  return (await new Response(audio).arrayBuffer()).byteLength;
}

function pageRequest(url: string, init: RequestInit): Request {
  const request = new Request(url, init);
  request.headers.set('origin', 'https://app.example');
  return request;
}

/** The gateway that the example for Node makes. */
async function startNodeGateway(own: Partial<SpeechGatewayOptions> = {}): Promise<string> {
  const options: SpeechGatewayOptions = {
    apiKey: 'local',
    serviceUrl: inject('speechServerUrl'),
    tokens: { keys: { first: secret } },
    authorize: () => ({ subject: 'ada' }),
    limits: memoryLimitsForTests(),
    path: '/speech',
    log: false,
    ...own,
  };
  const { server } = (await runExample('WebSocketServer', { options }, (code) =>
    code.replace('8787', "0, hostname: '127.0.0.1'").replace('const server', 'export $&'),
  )) as { server?: Server };
  if (!server?.listening) await once(server!, 'listening');
  onTestFinished(() => {
    server!.closeAllConnections();
    server!.close();
  });
  return `http://127.0.0.1:${(server!.address() as AddressInfo).port}/speech`;
}

it('shows a gateway in Node that speaks by fetch and by WebSocket', async () => {
  const baseUrl = await startNodeGateway();
  const client = createSpeechClient({ baseUrl, token: new URL(`${baseUrl}/token`), WebSocket });
  const speech = client.textToSpeech.convert(voiceId, { text }, { outputFormat: 'pcm_8000' });
  expect(await byteLength(speech)).toBeGreaterThan(8000);
  const session = client.textToSpeech.connect(voiceId, { outputFormat: 'pcm_8000', syncAlignment: true });
  void session.end(text);
  const { words, error } = await hear(session, text);
  expect(error).toBeUndefined();
  expect(words.map((word) => word.text)).toEqual(wordsOf(text));
});

it('shows a gateway in Node that tells a page why its WebSocket is refused, and outlives what is no handshake', async () => {
  const baseUrl = await startNodeGateway();
  const socketUrl = `${baseUrl.replace('http', 'ws')}/v1/text-to-speech/${voiceId}/stream-input`;
  const { origin, host, port } = new URL(baseUrl);
  const page = new WebSocket(socketUrl, ['saylight.v1', 'saylight.token.a.b.c'], { origin });
  expect((await once(page, 'close'))[0]).toBe(4401);
  expect(page.protocol).toBe('saylight.v1');
  const server = new WebSocket(socketUrl);
  const [{ message }] = (await once(server, 'error')) as [Error];
  expect(message).toContain('401');
  const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\n';
  for (const handshake of [
    `GET /speech/health HTTP/1.1\r\nHost: a b\r\n${upgrade}\r\n`,
    `GET http://[ HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`,
    `GET ${new URL(socketUrl).pathname} HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\nSec-WebSocket-Protocol: saylight.v1\r\n${upgrade}\r\n`,
  ]) {
    const stranger = connect(Number(port), '127.0.0.1', () => stranger.write(handshake));
    stranger.on('error', () => {}).resume();
    await once(stranger, 'close');
  }
  expect((await fetch(`${baseUrl}/health`)).status).toBe(200);
});
