import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, onTestFinished, it, vi } from 'vitest';
import { audioScripts } from '../../build/audio-scripts.ts';
import { launchChromium } from '../support/demo-process.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';

const root = new URL('../../', import.meta.url);
const html = `<!doctype html><script type="module">
  import { createConversation, createPlayer } from 'saylight/player';
  Object.assign(globalThis, { createConversation, createPlayer });
</script>`;

/** What a page says of itself after it has spoken. */
interface Report {
  readonly ends: readonly (string | Readonly<Record<string, unknown>>)[];
  /** The addresses that its own thread has asked. */
  readonly asked: readonly string[];
}

let vite: ViteDevServer;
let browser: Browser;
let page: Page;
let gateway: Gateway;

// The machine may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Where the page's own server passes `/speech` on to: the gateway of the test. */
const passedOn = { target: '', ws: true, rewrite: (path: string) => path.replace('/speech', '') };

beforeAll(async () => {
  browser = await launchChromium();
  vite = await createServer({
    configFile: false,
    root: fileURLToPath(root),
    appType: 'custom',
    logLevel: 'warn',
    cacheDir: fileURLToPath(new URL('node_modules/.cache/vite-gateway-token', root)),
    plugins: [
      audioScripts(),
      {
        name: 'page',
        configureServer: (server) => () =>
          server.middlewares.use((request, response) => {
            void server.transformIndexHtml(request.url ?? '/', html).then((body) => {
              response.setHeader('content-type', 'text/html');
              response.end(body);
            });
          }),
      },
    ],
    resolve: { alias: { 'saylight/player': fileURLToPath(new URL('src/player/index.ts', root)) } },
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null, proxy: { '/speech': passedOn } },
  });
  await vite.listen();
});

afterAll(async () => {
  await browser.close();
  await vite.close();
});

beforeEach(async () => {
  gateway = await startGateway(inject('speechServerUrl'));
  passedOn.target = gateway.url;
  page = await browser.newPage();
  onTestFinished(() => page.context().close());
  await page.goto(vite.resolvedUrls?.local[0] ?? '');
  await page.waitForFunction('globalThis.createPlayer');
  await page.context().addCookies([{ name: 'session', value: 'of-the-app', url: gateway.url }]);
});

/**
 * Runs `code` in the page, where `player` and `request` are, and `end` that gives how a playback ended: as a string, since
 * what the test runner makes of a function doesn't exist there.
 */
function run(base: string, code: string): Promise<Report> {
  return page.evaluate(`(async () => {
    const asked = [];
    const { fetch } = globalThis;
    globalThis.fetch = (url, init) => (asked.push(String(url)), fetch(url, init));
    async function* pieces(text) { for (const piece of text.match(/.{1,4}/g)) yield piece; }
    const end = ({ finished }) => finished.catch(({ code, status, message, unspokenText }) => ({ code, status, message, unspokenText }));
    const player = createPlayer();
    const request = {
      baseUrl: '${base}',
      token: new URL('${base}/token', location.href),
      voiceId: 'kal16UsEnglishMale01',
      retry: { minDelay: 0 },
    };
    const ends = [];
    ${code}
    await player.close();
    asked.push(...performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.endsWith('/token')));
    return { ends, asked };
  })()`);
}

const origin = (): string => new URL(page.url()).origin;
const bodies = (): string[] => gateway.tokenRequests.map(({ body }) => body);

describe.each([
  ["the page's own server", () => '/speech'],
  ['another origin', () => gateway.url],
])('with a gateway at %s', (_name, base) => {
  it('a text is spoken with a token, which does for several speeches', async () => {
    const { ends } = await run(
      base(),
      "for (const text of ['One.', 'Two.']) ends.push(await end(player.speak({ ...request, text })));",
    );
    expect(ends).toEqual(['ended', 'ended']);
    expect(gateway.tokenRequests).toEqual([
      { method: 'POST', origin: origin(), cookie: 'session=of-the-app', user: undefined, body: '{}' },
    ]);
  });

  it('a text that is being written is spoken with a token for each connection, in a subprotocol', async () => {
    const { ends, asked } = await run(
      base(),
      "for (const text of ['One.', 'Two.']) ends.push(await end(player.speak({ ...request, text: pieces(text) })));",
    );
    expect(ends).toEqual(['ended', 'ended']);
    const asking = { method: 'POST', origin: origin(), cookie: 'session=of-the-app', body: '{"singleUse":true}' };
    expect(gateway.tokenRequests).toMatchObject([asking, asking]);
    expect(gateway.sockets.map(({ protocols }) => protocols?.replace(/, ?/, ' '))).toEqual([
      'saylight.v1 saylight.token.header.payload.signature1',
      'saylight.v1 saylight.token.header.payload.signature2',
    ]);
    for (const { url } of gateway.sockets) expect(url).not.toMatch(/signature|token|authorization/);
    expect(asked).toEqual([]);
  });
});

it('a token that is refused is asked for once more', async () => {
  const forgetting = expect
    .poll(() => gateway.tokenRequests.length, { timeout: 30_000 })
    .toBe(1)
    .then(() => new Promise((resolve) => setTimeout(resolve, 200)))
    .then(() => gateway.forget());
  const { ends } = await run(
    '/speech',
    `for (const text of ['One two three four five.', 'Six.']) ends.push(await end(player.speak({ ...request, text })));`,
  );
  await forgetting;
  expect(ends).toEqual(['ended', 'ended']);
  expect(bodies()).toEqual(['{}', '{}']);
});

it('who asks may be told by a header: each has tokens of their own', async () => {
  const { ends } = await run(
    '/speech',
    `for (const user of ['a', 'b', 'a']) {
       ends.push(await end(player.speak({ ...request, headers: { 'x-user': user }, text: 'One.' })));
     }`,
  );
  expect(ends).toEqual(['ended', 'ended', 'ended']);
  expect(gateway.tokenRequests.map(({ user }) => user)).toEqual(['a', 'b']);
});

it('who signs in on the same page is spoken for by another player', async () => {
  const { ends } = await run(
    '/speech',
    `ends.push(await end(player.speak({ ...request, text: 'One.' })));
     await player.close();
     document.cookie = 'user=b; path=/';
     const next = createPlayer();
     ends.push(await end(next.speak({ ...request, text: 'One.' })));
     await next.close();`,
  );
  expect(ends).toEqual(['ended', 'ended']);
  expect(gateway.tokenRequests.map(({ cookie }) => cookie)).toEqual([
    'session=of-the-app',
    'session=of-the-app; user=b',
  ]);
});

it('a conversation has a token for each of its connections', async () => {
  const cutting = expect
    .poll(() => gateway.sockets.length, { timeout: 30_000 })
    .toBe(1)
    .then(() => new Promise((resolve) => setTimeout(resolve, 100)))
    .then(() => gateway.cut());
  const { ends, asked } = await run(
    '/speech',
    `const conversation = createConversation(player, request);
     await new Promise((resolve) => setTimeout(resolve, 1000));
     ends.push(await end(conversation.speak('Hello there.')), await end(conversation.speak(pieces('How are you?'))));
     await conversation.close();`,
  );
  await cutting;
  expect(ends).toEqual(['ended', 'ended']);
  expect(bodies()).toEqual(['{"singleUse":true}', '{"singleUse":true}']);
  expect(asked).toEqual([]);
});

it("a fetch of the page's own asks for tokens on the page's thread", async () => {
  const { ends, asked } = await run(
    '/speech',
    `const own = { ...request, fetch: (url, init) => globalThis.fetch(url, init) };
     ends.push(await end(player.speak({ ...own, text: 'One.' })), await end(player.speak({ ...own, text: pieces('Two.') })));`,
  );
  expect(ends).toEqual(['ended', 'ended']);
  expect(bodies()).toEqual(['{}', '{"singleUse":true}']);
  expect(asked).toContain(`${origin()}/speech/token`);
});

it('a refusal is told by its code', async () => {
  gateway.refusal = { token: 403, socket: [4402, 'quota_exceeded'] };
  const both =
    "for (const text of ['Hello there.', pieces('Hello there.')]) ends.push(await end(player.speak({ ...request, text })));";
  // As much as was taken of it by then.
  const started = expect.stringMatching(/^Hell/);
  const refused = { code: 'forbidden', status: 403, message: expect.stringContaining('No token came') };
  expect((await run(gateway.url, both)).ends).toMatchObject([refused, { ...refused, unspokenText: started }]);
  expect(gateway.sockets).toHaveLength(0);
  gateway.refusal = { socket: [4402, 'quota_exceeded'] };
  const { ends } = await run(gateway.url, both);
  expect(ends).toMatchObject(['ended', { code: 'quota-exceeded', unspokenText: started }]);
  expect(gateway.sockets).toHaveLength(1);
});
