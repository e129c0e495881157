import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, inject, it } from 'vitest';
import { chromiumFlags } from '../../scripts/chromium.mjs';
import { launchChromium, startDemoProcess, type DemoProcess } from '../support/demo-process.ts';
import { startHttpServer } from '../support/http-server.ts';
import { outOfOrder, recordLitWords } from '../support/lit-words.ts';

const player = fileURLToPath(new URL('../../src/player/index.ts', import.meta.url));

const speakAtOnce = `(async () => {
  const { createPlayer } = await import('/@fs${player}');
  const baseUrl = document.querySelector('meta[name="speech-gateway"]').content;
  const request = { baseUrl, token: new URL(baseUrl + '/token'), voiceId: 'kal16UsEnglishMale01', text: 'Hello there' };
  const playback = createPlayer().speak(request);
  globalThis.told = [];
  playback.addEventListener('statechange', ({ state }) => told.push(state));
})()`;

let demo: DemoProcess;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  demo = await startDemoProcess();
  browser = await launchChromium();
}, 60_000);

afterAll(async () => {
  await browser.close();
  await demo.stop();
});

beforeEach(async () => {
  complaints = [];
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(demo.url);
  await page.locator('#speak:enabled').waitFor();
});

afterEach(async () => {
  expect(complaints).toEqual([]);
  await page.close();
});

const litWord = (): Promise<string> =>
  page.evaluate(() => {
    const [range] = (CSS.highlights.get('saylight-word') ?? []) as Iterable<Range>;
    return range?.toString() ?? '';
  });

const field = (name: string): Promise<string | null> => page.locator(`#${name}`).textContent();

const statusOf = async (method: string, path: string): Promise<number> =>
  (await fetch(demo.gateway + path, { method })).status;

describe('the demo page', () => {
  it('is served with a policy that allows its own scripts only, and requests to nobody else but the gateway', async () => {
    const response = await page.goto(demo.url);
    const policy = response?.headers()['content-security-policy'] ?? '';
    const { origin } = new URL(demo.gateway);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ${origin} ${origin.replace('http', 'ws')};`);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    await expect(page.evaluate((to) => fetch(to), `${inject('speechServerUrl')}/health`)).rejects.toThrow('fetch');
    expect(complaints.splice(0).join()).toContain('Content Security Policy');
  });

  it('speaks the text, lights its words, and shows what it measures', async () => {
    await page.locator('#text').fill('Hello from a page that speaks.');
    const litWords = await recordLitWords(page);
    await page.locator('#speak').click();
    await expect.poll(() => field('state'), { timeout: 15_000 }).toBe('ended');
    const lit = await litWords();
    expect(outOfOrder(lit, ['Hello', 'from', 'a', 'page', 'that', 'speaks'])).toEqual([]);
    expect(lit.length).toBeGreaterThanOrEqual(4);
    expect(await field('first-sound')).toMatch(/^\d+ ms$/);
    expect(await field('buffer')).toBe('0.0 s');
    expect(await field('underruns')).toBe('0');
    expect(await field('lag')).toMatch(/^-?\d+ ms \(max \d+\)$/);
    expect(await page.locator('#text').isVisible()).toBe(true);
  }, 30_000);

  it('pauses, resumes and stops', async () => {
    await page.locator('#speak').click();
    await expect.poll(() => field('state'), { timeout: 10_000 }).toBe('playing');
    await page.locator('#pause').click();
    await expect.poll(() => field('state')).toBe('paused');
    expect(await field('pause')).toBe('Resume');
    await page.locator('#pause').click();
    await expect.poll(() => field('state')).toBe('playing');
    await page.locator('#stop').click();
    await expect.poll(() => field('state')).toBe('stopped');
    expect(await litWord()).toBe('');
  }, 30_000);

  it('lists the voices', async () => {
    expect(await page.locator('#voice option').count()).toBeGreaterThan(1);
  });

  it('says what is wrong with a text that cannot be spoken', async () => {
    await page.locator('#text').fill('  ');
    await page.locator('#speak').click();
    await expect.poll(() => field('message')).toContain('text');
    await page.locator('#text').fill('日本語');
    await page.locator('#speak').click();
    await expect.poll(() => field('state')).toBe('failed');
    expect(await field('message')).not.toBe('');
    complaints = complaints.filter((complaint) => !complaint.includes('status of 400'));
  }, 30_000);

  it('speaks on when the code for words does not arrive, and says so', async () => {
    await page.route('**/word-loop.ts', (route) => route.abort());
    await page.locator('#text').fill('Hello from a page that speaks.');
    await page.locator('#speak').click();
    await expect.poll(() => field('state'), { timeout: 10_000 }).toBe('playing');
    await expect.poll(() => field('state'), { timeout: 10_000 }).toBe('failed');
    expect(await field('buffer')).toBe('0.0 s');
    expect(await field('message')).toContain('code for words');
    complaints = complaints.filter((complaint) => !complaint.includes('ERR_FAILED'));
  }, 30_000);

  it('outlives a request that is none', async () => {
    const { port } = new URL(demo.url);
    await new Promise((resolve, reject) => {
      get({ port, path: '//' }, resolve).on('error', reject);
    });
    expect((await fetch(demo.url)).status).toBe(200);
  });

  it('speaks through a gateway that is open to no other origin, and for no other call', async () => {
    const address = `${demo.gateway}/v1/text-to-speech/kal16UsEnglishMale01/stream-input`;
    const tokenAddress = `${demo.gateway}/token`;
    const token = await page.evaluate(askToken, tokenAddress);
    const elsewhere = await startHttpServer((response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>Elsewhere</title>');
    });
    const other = await browser.newPage();
    const statuses: number[] = [];
    other.on('response', (reply) => void (reply.url() === tokenAddress && statuses.push(reply.status())));
    await other.goto(elsewhere.url);
    await expect(other.evaluate(askToken, tokenAddress)).rejects.toThrow('Failed to fetch');
    // A simple request is sent without being asked for first.
    await other.evaluate((to) => fetch(to, { method: 'POST', mode: 'no-cors', body: '{}' }), tokenAddress);
    expect(statuses).toEqual([403]);
    expect(await other.evaluate(openSocket, { address, token })).toEqual(['closed', 1006]);
    await other.close();
    expect(await page.evaluate(openSocket, { address, token })).toEqual(['opened', 'saylight.v1']);
    expect(await statusOf('GET', '/v1/user')).toBe(404);
    expect(await statusOf('POST', '/v1/single-use-token/tts_websocket')).toBe(404);
  });

  it('holds speech that was asked for without a gesture, says so, and lets it sound with the first gesture', async () => {
    const silent = await launchChromium(chromiumFlags.filter((flag) => !flag.startsWith('--autoplay-policy')));
    try {
      const held = await silent.newPage();
      await held.goto(demo.url);
      // What Playwright itself evaluates counts as a gesture.
      const devtools = await held.context().newCDPSession(held);
      const evaluate = async (expression: string): Promise<unknown> => {
        const options = { expression, awaitPromise: true, returnByValue: true, userGesture: false };
        const { result, exceptionDetails } = await devtools.send('Runtime.evaluate', options);
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
        return result.value;
      };
      await evaluate(speakAtOnce);
      // How much has arrived when the sound begins depends on the network.
      const told = (): Promise<unknown> => evaluate(`told.filter((state) => state !== 'loading')`);
      await expect.poll(told).toEqual(['suspended']);
      await held.locator('h1').click();
      await expect.poll(told, { timeout: 10_000 }).toEqual(['suspended', 'playing', 'ended']);
    } finally {
      await silent.close();
    }
  }, 60_000);
});

/** In a page: a token for one WebSocket. */
async function askToken(address: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(address, { method: 'POST', headers, body: '{"singleUse":true}' });
  const { token } = (await reply.json()) as { readonly token: string };
  return token;
}

/** In a page: how a WebSocket begins. */
function openSocket({ address, token }: { address: string; token: string }): Promise<[string, string | number]> {
  const socket = new WebSocket(address.replace('http', 'ws'), ['saylight.v1', `saylight.token.${token}`]);
  return new Promise((resolve) => {
    socket.addEventListener('open', () => {
      resolve(['opened', socket.protocol]);
      socket.close();
    });
    socket.addEventListener('close', ({ code }) => resolve(['closed', code]));
  });
}
