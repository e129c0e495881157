import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLocalSpeech } from '../../scripts/local-speech.mjs';
import { launchChromium, startDemoProcess, type DemoProcess } from '../support/demo-process.ts';
import { outOfOrder, recordLitWords } from '../support/lit-words.ts';
import { healthOf } from '../support/server-health.ts';

const voiceId = 'kal16UsEnglishMale01';
const notAWord = /^(?![\p{L}\p{N}])/u;
const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}][\p{L}\p{N}.,’]*(?<![.,])/gu) ?? [];

let speech: Awaited<ReturnType<typeof startLocalSpeech>>;
let demo: DemoProcess;
let browser: Browser;
let page: Page;
let isSpeechStopped = false;
let complaints: string[];
let sockets: string[];

beforeAll(async () => {
  speech = await startLocalSpeech({ port: 0 });
  demo = await startDemoProcess({ ELEVENLABS_API_KEY: 'local', ELEVENLABS_BASE_URL: speech.url });
  browser = await launchChromium();
}, 60_000);

afterAll(async () => {
  await browser.close();
  await demo.stop();
  await stopSpeech();
});

beforeEach(async () => {
  complaints = [];
  sockets = [];
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  // The development server reloads the page when its source changes: not while it is tested.
  await page.routeWebSocket(
    ({ pathname }) => pathname === '/',
    () => undefined,
  );
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await openTab(demo.url);
});

afterEach(async () => {
  await page.close();
  expect(complaints).toEqual([]);
});

async function stopSpeech(): Promise<void> {
  if (!isSpeechStopped) await speech.close();
  isSpeechStopped = true;
}

async function openTab(url: string): Promise<void> {
  await page.goto(`${url}/#conversation-tab`);
  await page.locator('#questions button:enabled').first().waitFor();
  await page.locator('#voice').selectOption({ value: voiceId });
}

const field = (name: string): Promise<string | null> => page.locator(`#${name}`).textContent();
const openSockets = async (): Promise<number> => (await healthOf(speech.url)).open_sockets;
const focused = (): Promise<string | undefined> => page.evaluate(() => document.activeElement?.id);
const isSelected = (id: string): Promise<string | null> => page.locator(`#${id}`).getAttribute('aria-selected');
const said = (turn = -1): Promise<string | null> => page.locator('.said').nth(turn).textContent();

/** Asks the question of that number; gives its prepared answer. */
async function ask(number: number): Promise<string> {
  // As a string: what the test runner makes of an import doesn't exist in the page.
  const answer = await page.evaluate(`import('/replies.ts').then(({ replies }) => replies[${number}].answer)`);
  await page.locator('#questions button').nth(number).click();
  return answer as string;
}

async function untilLit(words: number, litWords: () => Promise<string[]>): Promise<void> {
  await expect.poll(async () => (await litWords()).length, { timeout: 15_000 }).toBeGreaterThanOrEqual(words);
}

describe('the tabs', () => {
  it('are walked through by the arrow keys, Home and End', async () => {
    await page.locator('#tab-conversation').focus();
    for (const [key, id] of [
      ['ArrowRight', 'tab-text'],
      ['ArrowLeft', 'tab-conversation'],
      ['Home', 'tab-text'],
      ['End', 'tab-conversation'],
    ] as const) {
      await page.keyboard.press(key);
      expect(await focused()).toBe(id);
      expect(await isSelected(id)).toBe('true');
      expect(await page.locator('[role="tab"][aria-selected="true"]').count()).toBe(1);
      expect(await page.locator('[role="tab"][tabindex="0"]').getAttribute('id')).toBe(id);
      const panel = page.locator('[role="tabpanel"]:visible');
      expect(await panel.getAttribute('id')).toBe(await page.locator(`#${id}`).getAttribute('aria-controls'));
      expect(await panel.getAttribute('aria-labelledby')).toBe(id);
    }
  });

  it('are remembered in the address', async () => {
    expect(await page.locator('#panel-conversation').isVisible()).toBe(true);
    await page.locator('#tab-text').click();
    expect(new URL(page.url()).hash).toBe('#text-tab');
    await page.reload();
    expect(await page.locator('#panel-text').isVisible()).toBe(true);
    await page.evaluate(() => (location.hash = '#conversation-tab'));
    await expect.poll(() => page.locator('#panel-conversation').isVisible()).toBe(true);
  });
});

describe('the tab for text that is still being written', () => {
  it('speaks an answer while it is being written, and lights its words over the growing text', async () => {
    // The server of the demo compiles the audio scripts for the first speech: that takes longer than an answer.
    await ask(0);
    await expect.poll(() => field('state'), { timeout: 15_000 }).toBe('playing');
    await page.locator('#interrupt').click();
    await expect.poll(() => field('state')).toBe('stopped');
    const litWords = await recordLitWords(page);
    const answer = await ask(1);
    await untilLit(1, litWords);
    const early = (await said())!;
    expect(early.length).toBeLessThan(answer.length);
    await expect.poll(async () => (await said())!.length).toBeGreaterThan(early.length);
    const later = (await said())!;
    await untilLit(7, litWords);
    expect(answer.startsWith(later)).toBe(true);
    expect(outOfOrder(await litWords(), wordsOf(answer))).toEqual([]);
    expect(await field('first-sound')).toMatch(/^\d+ ms$/);
    expect(await page.locator('.note').last().textContent()).toBe(`first sound ${await field('first-sound')}`);
    await expect.poll(said, { timeout: 15_000 }).toBe(answer);
    await expect.poll(() => page.locator('.writing').count()).toBe(0);
  }, 40_000);

  it('shows what was heard of an answer that was interrupted', async () => {
    const litWords = await recordLitWords(page);
    const answer = await ask(0);
    await untilLit(5, litWords);
    await page.locator('#interrupt').click();
    await page.locator('.interrupted').waitFor();
    expect(await page.locator('.label').textContent()).toBe('You heard:');
    const heard = (await page.locator('.heard').textContent())!;
    expect(answer.startsWith(heard)).toBe(true);
    expect(heard).toMatch(/[\p{L}\p{N}]$/u);
    expect(answer.slice(heard.length)).toMatch(notAWord);
    expect(wordsOf(heard)).toContain((await litWords()).at(-1));
    const shown = (await said())!;
    expect(shown).toBe(heard + (await page.locator('.rest').textContent()));
    expect(answer.startsWith(shown)).toBe(true);
    expect(await field('state')).toBe('stopped');
    expect(await page.locator('#interrupt').isDisabled()).toBe(true);
    expect(await focused()).toBe('transcript');
    // The model that wrote it writes no more.
    await page.waitForTimeout(300);
    expect(await said()).toBe(shown);
  }, 40_000);

  it('begins the next answer at once, over the same connection', async () => {
    const litWords = await recordLitWords(page);
    await ask(0);
    await untilLit(2, litWords);
    await ask(2);
    await expect.poll(() => page.locator('.turn').count()).toBe(2);
    await page.locator('.turn.interrupted').waitFor();
    await expect.poll(() => page.locator('.note').nth(1).textContent(), { timeout: 10_000 }).toMatch(/^first sound/);
    expect(sockets.filter((url) => url.includes('/multi-stream-input'))).toHaveLength(1);
    expect(await openSockets()).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.turn.interrupted').count()).toBe(2);
  }, 40_000);

  it('speaks what is typed while it is typed', async () => {
    const litWords = await recordLitWords(page);
    await page.locator('#word').pressSequentially('Hello from this page. It sp');
    expect(await said()).toBe('Hello from this page. It ');
    expect(await page.locator('#word').inputValue()).toBe('sp');
    await untilLit(2, litWords);
    await page.locator('#word').pressSequentially('eaks');
    await page.keyboard.press('Enter');
    expect(await page.locator('#word').inputValue()).toBe('');
    expect(await page.locator('#finish').isDisabled()).toBe(true);
    await expect.poll(() => field('state'), { timeout: 15_000 }).toBe('ended');
    expect(await said()).toBe('Hello from this page. It speaks');
    const lit = await litWords();
    expect(outOfOrder(lit, ['Hello', 'from', 'this', 'page', 'It', 'speaks'])).toEqual([]);
    expect(lit.length).toBeGreaterThanOrEqual(4);
    expect(await page.locator('#interrupt').isDisabled()).toBe(true);
  }, 40_000);

  it('takes nothing back of what was typed, and says so', async () => {
    await page.locator('#word').pressSequentially('One two');
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('Backspace');
    expect(await page.locator('#word').inputValue()).toBe('');
    expect(await said()).toBe('One ');
    expect(await field('message')).toContain('can’t be unsaid');
    await page.locator('#finish').click();
    await expect.poll(() => field('state'), { timeout: 15_000 }).toBe('ended');
    expect(await field('message')).toBe('');
  }, 30_000);

  it('takes a text that is pasted, and keeps its last word to be finished', async () => {
    await page.locator('#word').fill('  ');
    expect(await page.locator('.turn').count()).toBe(0);
    await page.locator('#word').fill('One two. Three fo');
    expect(await said()).toBe('One two. Three ');
    expect(await page.locator('#word').inputValue()).toBe('fo');
  });

  it('gives up an answer that speaks when a text is spoken in the other tab', async () => {
    const litWords = await recordLitWords(page);
    await ask(0);
    await untilLit(2, litWords);
    await page.locator('#tab-text').click();
    await page.locator('#text').fill('Something else.');
    await page.locator('#speak').click();
    await expect.poll(() => field('state'), { timeout: 15_000 }).toBe('ended');
    await page.locator('#tab-conversation').click();
    expect(await page.locator('.turn.interrupted').count()).toBe(1);
  }, 40_000);

  it('leaves nothing open when the page is left', async () => {
    await expect.poll(openSockets).toBe(0);
    await ask(0);
    await expect.poll(openSockets).toBe(1);
    await page.goto('about:blank');
    await expect.poll(() => healthOf(speech.url)).toMatchObject({ open_sockets: 0, open_contexts: 0 });
  }, 30_000);

  it('leaves the development server its own socket', async () => {
    const other = await browser.newPage();
    const connected = other.waitForEvent('console', (message) => message.text() === '[vite] connected.');
    await other.goto(demo.url);
    await connected;
    await other.close();
  });

  // The last one, since it ends the service.
  it('says so when there is no connection for live text', async () => {
    await stopSpeech();
    await ask(0);
    await expect.poll(() => field('message'), { timeout: 15_000 }).toContain('no connection for live text');
    expect(await field('state')).toBe('failed');
    expect(await page.locator('#interrupt').isDisabled()).toBe(true);
  }, 30_000);
});
