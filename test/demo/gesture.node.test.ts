import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { chromiumFlags } from '../../scripts/chromium.mjs';
import { launchChromium, startDemoProcess } from '../support/demo-process.ts';

const player = fileURLToPath(new URL('../../src/player/index.ts', import.meta.url));

const speakAtOnce = `(async () => {
  const { createPlayer } = await import('/@fs${player}');
  const request = { baseUrl: location.origin, voiceId: 'kal16UsEnglishMale01', text: 'Hello there' };
  const playback = createPlayer().speak(request);
  globalThis.told = [];
  playback.addEventListener('statechange', ({ state }) => told.push(state));
})()`;

it('speech that was asked for without a gesture is held, says so, and sounds with the first gesture', async () => {
  const demo = await startDemoProcess();
  const browser = await launchChromium(chromiumFlags.filter((flag) => !flag.startsWith('--autoplay-policy')));
  try {
    const page = await browser.newPage();
    await page.goto(demo.url);
    // What Playwright itself evaluates counts as a gesture.
    const devtools = await page.context().newCDPSession(page);
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
    await page.locator('h1').click();
    await expect.poll(told, { timeout: 10_000 }).toEqual(['suspended', 'playing', 'ended']);
  } finally {
    await browser.close();
    await demo.stop();
  }
}, 60_000);
