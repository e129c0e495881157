import { expect, inject, it } from 'vitest';
import { launchChromium, startDemoProcess } from '../support/demo-process.ts';

it('with a key of the service, the server of the page speaks through it and keeps the key', async () => {
  const key = 'sk_only_the_server_knows_this';
  const demo = await startDemoProcess({ ELEVENLABS_API_KEY: key, ELEVENLABS_BASE_URL: inject('speechServerUrl') });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const seen: string[] = [];
    page.on('request', (request) => seen.push(request.url(), JSON.stringify(request.headers())));
    page.on('response', (response) => {
      seen.push(JSON.stringify(response.headers()));
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
    await page.goto(demo.url);
    await page.locator('#speak:enabled').click();
    await expect.poll(() => page.locator('#state').textContent(), { timeout: 10_000 }).toBe('playing');
    await page.locator('#tab-conversation').click();
    await page.locator('#questions button').first().click();
    await expect.poll(() => page.locator('.note').textContent(), { timeout: 10_000 }).toMatch(/^first sound/);
    expect(seen.filter((text) => text.includes('/multi-stream-input'))).toHaveLength(1);
    expect(seen.length).toBeGreaterThan(20);
    expect(seen.filter((text) => text.includes(key))).toEqual([]);
  } finally {
    await browser.close();
    await demo.stop();
  }
}, 60_000);
