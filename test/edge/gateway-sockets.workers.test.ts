import { env } from 'cloudflare:workers';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Fetch } from '../../src/core/client-options.ts';
import { durableLimits } from '../../src/edge/limits/durable-limits.ts';
import type { SpeechLimits } from '../../src/edge/limits/speech-limits.ts';
import { createGate } from '../support/gate.ts';
import { apiKey, origin, refusalCode, startGateway, text, voice, type GatewayUnderTest } from './gateway-under-test.ts';

interface OpenedSocket {
  readonly response: Response;
  /** What the page hears until its socket is closed. */
  readonly ended: Promise<{
    readonly frames: readonly Record<string, unknown>[];
    readonly code: number;
    readonly reason: string;
  }>;
  readonly send: (message: object) => void;
  readonly close: () => void;
}

interface OpenOptions {
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface UpgradedResponse extends Response {
  readonly webSocket: (WebSocket & { accept(): void }) | null;
}

const limits = (): SpeechLimits => durableLimits(env.SPEECH_LIMITS);

/** Opens a WebSocket as a page does: the token is its second subprotocol. */
async function open(
  gateway: GatewayUnderTest,
  token: string,
  { query = 'output_format=pcm_8000', headers = {} }: OpenOptions = {},
): Promise<OpenedSocket> {
  const response = (await gateway.ask(`/v1/text-to-speech/${voice}/stream-input?${query}`, {
    headers: {
      upgrade: 'websocket',
      'sec-websocket-protocol': `saylight.v1, saylight.token.${token}`,
      ...headers,
    },
  })) as UpgradedResponse;
  const { webSocket } = response;
  const frames: Record<string, unknown>[] = [];
  const ended = new Promise<Awaited<OpenedSocket['ended']>>((resolve) => {
    webSocket?.addEventListener('message', ({ data }) => {
      frames.push(JSON.parse(data as string) as (typeof frames)[0]);
    });
    webSocket?.addEventListener('close', ({ code, reason }) => resolve({ frames, code, reason }));
  });
  webSocket?.accept();
  onTestFinished(() => webSocket?.close(1000));
  return {
    response,
    ended,
    send: (message) => webSocket?.send(JSON.stringify(message)),
    close: () => webSocket?.close(1000),
  };
}

function say({ send }: OpenedSocket, words = text): void {
  for (const message of [{ text: ' ' }, { text: `${words} ` }, { text: '' }]) send(message);
}

/** A name of its own for each test: a subject's limits outlive it. */
function someone(): string {
  return `subject-${crypto.randomUUID()}`;
}

const singleUse = { singleUse: true };

describe('a WebSocket through the gateway', () => {
  test.each([
    ['counted', undefined],
    ['as it is', { charactersPerRequest: Infinity, sessionSeconds: Infinity }],
  ])('speaks, %s', async (_, policy) => {
    const gateway = startGateway({ limits: limits(), ...(policy && { policy }) });
    const socket = await open(gateway, await gateway.token(singleUse, someone()));
    expect(socket.response.status).toBe(101);
    expect(socket.response.headers.get('sec-websocket-protocol')).toBe('saylight.v1');
    say(socket);
    const { frames, code } = await socket.ended;
    expect(frames.filter(({ audio }) => audio).length).toBeGreaterThan(0);
    expect(frames.at(-1)).toMatchObject({ isFinal: true });
    expect(code).toBe(1000);
    const [sent] = gateway.sent;
    expect(Object.fromEntries(sent?.headers ?? [])).toEqual({
      'xi-api-key': apiKey,
      'accept-encoding': 'identity',
      upgrade: 'websocket',
    });
    expect(sent?.url.href).not.toContain('token');
    await gateway.settled();
    const entry = gateway.logs.at(-1);
    expect(entry).toMatchObject({ route: 'connect', status: 101, outcome: 'ended' });
    if (!policy) expect(entry).toMatchObject({ characters: text.length + 1, bytes: expect.any(Number) });
  });

  test('needs an upgrade, a token, and one that is good for a single use', async () => {
    const gateway = startGateway();
    const path = `/v1/text-to-speech/${voice}/stream-input`;
    expect((await gateway.ask(path)).status).toBe(426);
    expect(await refusalCode(gateway.ask(path, { headers: { upgrade: 'websocket' } }))).toBe('token_missing');
    const inAddress = `${path}?single_use_token=${await gateway.token(singleUse)}`;
    expect(await refusalCode(gateway.ask(inAddress, { headers: { upgrade: 'websocket' } }))).toBe('token_missing');
    const reusable = await gateway.token();
    const headers = { upgrade: 'websocket', authorization: `Bearer ${reusable}` };
    expect(await refusalCode(gateway.ask(path, { headers }))).toBe('not_granted');
    expect(gateway.sent).toEqual([]);
  });

  test('is opened by a server with its token in a header', async () => {
    const gateway = startGateway({ limits: limits() });
    const headers = {
      origin: 'none',
      authorization: `Bearer ${await gateway.token(singleUse, someone())}`,
      'sec-websocket-protocol': '',
    };
    const socket = await open(gateway, '', { headers });
    expect(socket.response.status).toBe(101);
    expect(socket.response.headers.get('sec-websocket-protocol')).toBeNull();
    say(socket);
    expect((await socket.ended).code).toBe(1000);
  });

  test('of 50 with the same token, one is let in', async () => {
    const gateway = startGateway({ limits: limits() });
    const token = await gateway.token(singleUse, someone());
    const sockets = await Promise.all(Array.from({ length: 50 }, () => open(gateway, token)));
    expect(gateway.sent).toHaveLength(1);
    const ends = sockets.map(async ({ ended }) => (await ended).reason);
    for (const socket of sockets) socket.send({ text: '' });
    expect((await Promise.all(ends)).filter((reason) => reason === 'token_used')).toHaveLength(49);
  });

  test('tells a page why it is refused, by its close', async () => {
    const gateway = startGateway({ limits: limits() });
    const used = await gateway.token(singleUse, someone());
    const first = await open(gateway, used);
    first.close();
    await first.ended;
    expect(await (await open(gateway, used)).ended).toMatchObject({ code: 4401, reason: 'token_used' });
    expect(await (await open(gateway, 'nonsense')).ended).toMatchObject({ code: 4401, reason: 'token_invalid' });
    const grants = { operations: ['connectMulti'] };
    const other = await gateway.token({ ...singleUse, grants }, someone());
    expect(await (await open(gateway, other)).ended).toMatchObject({ code: 4403, reason: 'not_granted' });
  });

  test('of which the service wants none is logged with what the service said', async () => {
    const gateway = startGateway({ limits: limits(), faults: 'fault_status=429' });
    const socket = await open(gateway, await gateway.token(singleUse, someone()));
    expect(await socket.ended).toMatchObject({ code: 4429, reason: 'too_many_requests' });
    await gateway.settled();
    expect(gateway.logs.at(-1)).toMatchObject({
      code: 'too_many_requests',
      outcome: 'refused',
      upstream: { status: 429, requestId: expect.any(String) as string },
    });
  });

  test.each([
    ['refuses', async () => new Response(null, { status: 500 }), 4502],
    ['is not reached', () => Promise.reject(new TypeError('Lost.')), 4502],
    ['opens it', undefined, 1000],
  ])('keeps the runtime at work until its place is free, when the service %s', async (_, answer, code) => {
    const subject = someone();
    const asked = createGate();
    const answering = createGate();
    const fetchLate: Fetch = async (url, init) => {
      asked.open();
      await answering.opened;
      return answer ? answer() : fetch(url, init);
    };
    const gateway = startGateway({ limits: limits(), policy: { concurrency: 1 }, fetch: fetchLate });
    const opening = open(gateway, await gateway.token(singleUse, subject));
    await asked.opened;
    // A runtime that lets go of the request, since its page has left, may do so from now on.
    let isSettled = false;
    const settled = gateway.settled().then(() => (isSettled = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isSettled).toBe(false);
    answering.open();
    const socket = await opening;
    socket.close();
    expect(await socket.ended).toMatchObject({ code });
    await settled;
    const next = await open(gateway, await gateway.token(singleUse, subject));
    expect(next.response.status).toBe(101);
    next.close();
    expect(await next.ended).toMatchObject({ code });
  });

  test('of a page of another origin is refused without a socket', async () => {
    const gateway = startGateway({ limits: limits() });
    const token = await gateway.token(singleUse, someone());
    for (const foreign of ['https://evil.example', 'null', `${origin}.evil.example`]) {
      const { response } = await open(gateway, token, { headers: { origin: foreign } });
      expect(response.status).toBe(403);
      expect((response as UpgradedResponse).webSocket ?? null).toBeNull();
    }
    // Nor was the token used.
    expect((await open(gateway, token)).response.status).toBe(101);
  });

  test('spends the subject’s budget, gives back what was not sent, and is closed beyond it', async () => {
    const subject = someone();
    const gateway = startGateway({ limits: limits(), policy: { characterBudget: 100 } });
    const one = await open(gateway, await gateway.token(singleUse, subject));
    say(one, 'x'.repeat(58));
    expect((await one.ended).code).toBe(1000);
    await gateway.settled();
    const two = await open(gateway, await gateway.token(singleUse, subject));
    say(two, 'y'.repeat(58));
    expect(await two.ended).toMatchObject({ code: 4402, reason: 'quota_exceeded' });
    await gateway.settled();
    const three = await open(gateway, await gateway.token(singleUse, subject));
    say(three, 'z'.repeat(30));
    expect((await three.ended).code).toBe(1000);
  });

  test('is one of so many at once, and its place is free when it ends', async () => {
    const subject = someone();
    const gateway = startGateway({ limits: limits(), policy: { concurrency: 1 } });
    const one = await open(gateway, await gateway.token(singleUse, subject));
    expect(await (await open(gateway, await gateway.token(singleUse, subject))).ended).toMatchObject({ code: 4429 });
    one.close();
    await one.ended;
    await gateway.settled();
    expect((await open(gateway, await gateway.token(singleUse, subject))).response.status).toBe(101);
  });

  test('ends with the session’s seconds', async () => {
    const gateway = startGateway({ limits: limits(), policy: { sessionSeconds: 0.3 } });
    const socket = await open(gateway, await gateway.token(singleUse, someone()));
    expect(await socket.ended).toMatchObject({ code: 1001, reason: 'session_ended' });
  });

  test('keeps nothing at the service where the policy says so, whatever the page says', async () => {
    const gateway = startGateway({ limits: limits(), policy: { zeroRetention: true } });
    const query = 'output_format=pcm_8000&enable_logging=true';
    await open(gateway, await gateway.token(singleUse, someone()), { query });
    expect(gateway.sent[0]?.url.searchParams.getAll('enable_logging')).toEqual(['false']);
  });

  test.each(['xi_api_key=x', 'authorization=x', 'model_id=a&model_id=b', 'output_format=..%2f'])(
    'is not opened with the query %s',
    async (query) => {
      const gateway = startGateway({ limits: limits() });
      const socket = await open(gateway, await gateway.token(singleUse, someone()), { query });
      expect(await socket.ended).toMatchObject({ code: 4400, reason: 'invalid_request' });
      expect(gateway.sent).toEqual([]);
    },
  );

  test('can’t be counted where nothing counts', async () => {
    const gateway = startGateway({ limits: undefined });
    const socket = await open(gateway, await gateway.token(singleUse));
    expect(await socket.ended).toMatchObject({ code: 4500, reason: 'misconfigured' });
  });
});
