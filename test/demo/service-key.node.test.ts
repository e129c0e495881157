import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, inject, it, onTestFinished } from 'vitest';
import { launchChromium, startDemoProcess } from '../support/demo-process.ts';
import { startRecordingRelay } from '../support/recording-relay.ts';

const key = 'sk_only_the_gateway_knows_this';
const tokenSecret = 'a secret that only the gateway knows, long enough';
const text = 'Nobody reads zygotes aloud';

it('the demo’s gateway keeps the key to itself and the service, and its log tells no secret and no text', async () => {
  const service = await startRecordingRelay(inject('speechServerUrl'));
  const folder = mkdtempSync(join(tmpdir(), 'saylight-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const secrets = [key, tokenSecret, ...text.split(' ')];
  const demo = await startDemoProcess({
    ELEVENLABS_API_KEY: key,
    ELEVENLABS_BASE_URL: service.url,
    TOKEN_SECRET: tokenSecret,
    GATEWAY_LOG: '1',
    WRANGLER_LOG_PATH: join(folder, 'wrangler.log'),
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const seen = recordTraffic(page);
    const tokens: string[] = [];
    await page.route(`${demo.gateway}/token`, async (route) => {
      const reply = await route.fetch();
      tokens.push(((await reply.json()) as { readonly token: string }).token);
      await route.fulfill({ response: reply });
    });
    await page.goto(demo.url);
    await page.locator('#speak:enabled').waitFor();
    await page.locator('#text').fill(text);
    await page.locator('#speak').click();
    await expect.poll(() => page.locator('#state').textContent(), { timeout: 15_000 }).toBe('playing');
    await page.locator('#tab-conversation').click();
    await page.locator('#word').pressSequentially(`${text}.`);
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.note').textContent(), { timeout: 10_000 }).toMatch(/^first sound/);

    expect(seen.filter((said) => said.includes('/multi-stream-input'))).toHaveLength(1);
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.filter((said) => said.includes(key) || said.includes(tokenSecret))).toEqual([]);

    const told = service.received();
    const requests = told.match(/(?:GET|POST) \/\S* HTTP\/1\.1$/gm) ?? [];
    expect(requests.length).toBeGreaterThanOrEqual(3);
    expect(told.match(/^xi-api-key: .*$/gim)?.map((line) => line.slice(12).trim())).toEqual(requests.map(() => key));
    expect(told).not.toMatch(/^(?:authorization|cookie|origin|referer|sec-websocket-protocol|x-forwarded-\w+):/im);

    // The page's, that of its Worker for texts, and that of the WebSocket.
    expect(tokens).toHaveLength(3);
    secrets.push(...tokens);
    for (const secret of [tokenSecret, ...tokens]) expect(told).not.toContain(secret);

    // The line of a WebSocket is written when it is over.
    await page.close();
    for (const route of ['token', 'voices', 'streamWithTimestamps', 'connectMulti']) {
      await expect.poll(() => demo.printed()).toContain(`{"event":"speech-gateway","route":"${route}",`);
    }
  } finally {
    await browser.close();
    expect(await demo.stop()).toBe(0);
  }
  await expect(fetch(`${demo.gateway}/health`)).rejects.toThrow('fetch failed');

  expect(demo.printed()).toContain('LETS EVERYBODY SPEAK');
  // What wrangler writes down holds more than it shows.
  const written = demo.printed() + readFileSync(join(folder, 'wrangler.log'), 'utf8');
  for (const secret of secrets) expect(written).not.toContain(secret);
}, 60_000);

/** All that a page sends and gets. */
function recordTraffic(page: Page): readonly string[] {
  const seen: string[] = [];
  page.on('request', (request) => {
    seen.push(request.url());
    void request.allHeaders().then((headers) => seen.push(JSON.stringify(headers)));
  });
  page.on('response', (response) => {
    void response.allHeaders().then((headers) => seen.push(JSON.stringify(headers)));
    response.text().then(
      (body) => seen.push(body),
      () => undefined,
    );
  });
  page.on('websocket', (socket) => {
    const note = ({ payload }: { payload: string | Buffer }): void => void seen.push(payload.toString());
    seen.push(socket.url());
    socket.on('framesent', note);
    socket.on('framereceived', note);
  });
  return seen;
}
