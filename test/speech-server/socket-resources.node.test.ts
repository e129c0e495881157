import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SpeechServer } from '../../demo/speech-server/server.ts';
import { startOwnSpeechServer } from './support/own-speech-server.ts';
import { converse, refusalOf, SocketClient } from './support/socket-client.ts';

const long = 'The quick brown fox jumps over the lazy dog. '.repeat(200);
const nothingOpen = { open_sockets: 0, open_contexts: 0, open_speeches: 0 };
const patience = { timeout: 10_000 };
const url = (): string => server.url;

let server: SpeechServer;
beforeAll(async () => {
  server = await startOwnSpeechServer({ port: 0 });
}, 30_000);
afterAll(() => server.close());

async function health(): Promise<Record<string, number>> {
  return (await fetch(`${server.url}/health`)).json() as Promise<Record<string, number>>;
}

const openings = [
  ['stream-input', [{ text: long.slice(0, 9000), flush: true }]],
  ['multi-stream-input', ['a', 'b', 'c', 'd', 'e'].map((id) => ({ text: long, context_id: id, flush: true }))],
] as const;

function callOf(call: (typeof openings)[number][0]): Parameters<typeof SocketClient.open>[0] {
  return { url: url(), call, query: { model_id: 'eleven_flash_v2_5', sync_alignment: true } };
}

test.each(openings)('a client of %s that goes away leaves nothing behind', async (call, messages) => {
  for (const end of ['terminate', 'close'] as const) {
    const before = await health();
    const client = await SocketClient.open(callOf(call));
    client.send(...messages);
    await client.until(({ audio }) => typeof audio === 'string');
    expect(await health()).toMatchObject({ open_sockets: 1, open_contexts: messages.length });
    client.socket[end]();
    await expect.poll(health, patience).toMatchObject(nothingOpen);
    const after = await health();
    expect(after['pieces_spoken']! - before['pieces_spoken']!).toBeLessThan((messages.length * 200) / 2);
  }
});

test.each(openings)(
  'a client of %s that does not read holds the synthesis back',
  async (call, messages) => {
    const client = await SocketClient.open(callOf(call));
    client.send(...messages);
    await client.until(({ audio }) => typeof audio === 'string');
    client.socket.pause();
    const atFirst = (await health())['audio_seconds_made']!;
    let made = -1;
    await expect
      .poll(
        async () => {
          const before = made;
          made = (await health())['audio_seconds_made']!;
          return made - before;
        },
        { timeout: 20_000, interval: 400 },
      )
      .toBe(0);
    expect(await health()).toMatchObject({ open_sockets: 1, open_contexts: messages.length });
    // All of the text takes more than 500 s.
    expect(made - atFirst).toBeLessThan(250 * messages.length);
    client.socket.terminate();
    await expect.poll(health, patience).toMatchObject(nothingOpen);
  },
  30_000,
);

test('connections that end by a fault or an error leave nothing behind', async () => {
  const query = { sync_alignment: true, fault_pace: 4 };
  const ends = [
    { fault_socket_drop: 2 },
    { fault_socket_close: 1011 },
    { fault_error_frame: 1 },
    { inactivity_timeout: 0.3 },
  ];
  for (const end of ends) await converse({ url: url(), query: { ...query, ...end } }, [{ text: long, flush: true }]);
  await expect.poll(health, patience).toMatchObject(nothingOpen);
});

test('a token that opened a socket is of no use to another server', async () => {
  const minted = await fetch(`${server.url}/v1/single-use-token/tts_websocket`, {
    method: 'POST',
    headers: { 'xi-api-key': 'local' },
  });
  const { token } = (await minted.json()) as { readonly token: string };
  expect((await refusalOf({ query: { single_use_token: token } })).status).toBe(401);
});

test('a server that is full refuses handshakes and ends what asks for more', async () => {
  const small = await startOwnSpeechServer({ port: 0, maximumSpeeches: 1 });
  const query = { sync_alignment: true, fault_pace: 1 };
  const idle = await SocketClient.open({ url: small.url });
  const first = await SocketClient.open({ url: small.url, query });
  first.send({ text: long.slice(0, 450), flush: true });
  await first.untilAudio();
  const { status, body } = await refusalOf({ url: small.url });
  expect([status, body]).toEqual([429, expect.stringContaining('concurrent_limit_exceeded')]);
  idle.send({ text: 'Hello. ', flush: true });
  expect(await idle.closed).toMatchObject({ code: 1008 });
  expect(idle.frames).toMatchObject([{ error: 'concurrent_limit_exceeded' }]);
  await small.close();
});

test('a server that closes closes its sockets, and handshakes that are held back', async () => {
  const closing = await startOwnSpeechServer({ port: 0 });
  const client = await SocketClient.open({ url: closing.url });
  client.send({ text: long.slice(0, 450), flush: true });
  const held = SocketClient.open({ url: closing.url, query: { fault_delay: 60_000 } });
  const refused = expect(held).rejects.toThrow(/hang up|reset/);
  await client.untilAudio();
  await closing.close();
  expect([1001, 1006]).toContain((await client.closed).code);
  await refused;
});
