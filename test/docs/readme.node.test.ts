import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { createServer, type Plugin } from 'vite';
import { expect, inject, it, onTestFinished } from 'vitest';
import { audioScripts } from '../../build/audio-scripts.ts';
import { createSpeechGateway } from '../../src/edge/speech-gateway.ts';
import { launchChromium } from '../support/demo-process.ts';
import { outOfOrder, recordLitWords } from '../support/lit-words.ts';

const root = new URL('../../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');

it('begins with a sentence and an example that speaks and lights each word', async () => {
  const example = /^# saylight\n\n[^\n]+\.\n\n```html\n(.+?)```/s.exec(readme)?.[1] ?? '';
  const vite = await createServer({
    configFile: false,
    root: fileURLToPath(root),
    appType: 'custom',
    logLevel: 'warn',
    cacheDir: fileURLToPath(new URL('node_modules/.cache/vite-readme', root)),
    plugins: [audioScripts(), servePage(example)],
    resolve: { alias: { 'saylight/player': fileURLToPath(new URL('src/player/index.ts', root)) } },
    server: {
      port: 0,
      hmr: false,
      // The gateway of the app's own, which the example speaks of.
      proxy: { '/speech': { target: await startGateway() } },
    },
  });
  await vite.listen();
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(vite.resolvedUrls?.local[0] ?? '');
    const litWords = await recordLitWords(page);
    await page.locator('#speak').click();
    await expect.poll(litWords, { timeout: 10_000 }).toContain('dog');
    const lit = await litWords();
    expect(outOfOrder(lit, ['The', 'quick', 'brown', 'fox', 'jumps', 'over', 'the', 'lazy', 'dog'])).toEqual([]);
    expect(lit.length).toBeGreaterThanOrEqual(5);
  } finally {
    await browser.close();
    await vite.close();
  }
}, 60_000);

async function startGateway(): Promise<string> {
  const gateway = createSpeechGateway({
    apiKey: 'kept-in-the-gateway',
    tokens: { keys: { first: 'a secret of this test, of 32 bytes or more' } },
    authorize: () => ({ subject: 'a reader' }),
    serviceUrl: inject('speechServerUrl'),
    path: '/speech',
    log: false,
  });
  return new Promise((resolve) => {
    const server = serve({ fetch: (request) => gateway.fetch(request), port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    );
    onTestFinished(() => void server.close());
  });
}

function servePage(body: string): Plugin {
  return {
    name: 'page',
    configureServer: (server) => () =>
      server.middlewares.use((request, response) => {
        void server.transformIndexHtml(request.url ?? '/', `<!doctype html><body>${body}</body>`).then((html) => {
          response.setHeader('content-type', 'text/html');
          response.end(html);
        });
      }),
  };
}
