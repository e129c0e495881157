import { get } from 'node:http';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { launchChromium, startDemoProcess, type DemoProcess } from '../support/demo-process.ts';
import { outOfOrder, recordLitWords } from '../support/lit-words.ts';

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

const statusOf = (method: string, path: string): Promise<number> =>
  page.evaluate(([how, to]) => fetch(to, { method: how }).then((reply) => reply.status), [method, path] as const);

describe('the demo page', () => {
  it('is served with a policy that allows its own scripts only', async () => {
    const response = await page.goto(demo.url);
    const policy = response?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
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

  it('does not speak for a page under a name that is not its own', async () => {
    const { port } = new URL(demo.url);
    const headers = { host: `elsewhere.example:${port}` };
    const status = await new Promise((resolve, reject) => {
      get({ port, path: '/v2/voices', headers }, (reply) => resolve(reply.statusCode)).on('error', reject);
    });
    expect(status).toBe(403);
  });

  it('opens no other call of the service to the page', async () => {
    expect(await statusOf('GET', '/v1/user')).toBe(404);
    expect(await statusOf('POST', '/v1/single-use-token/tts_websocket')).toBe(404);
    complaints = complaints.filter((complaint) => !complaint.includes('status of 404'));
  });
});
