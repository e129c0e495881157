import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createServer, type Plugin } from 'vite';
import { expect, inject, it } from 'vitest';
import { audioScripts } from '../../build/audio-scripts.ts';
import { launchChromium } from '../support/demo-process.ts';

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
      // The server of the app's own, which the example speaks of.
      proxy: {
        '/speech': {
          target: inject('speechServerUrl'),
          rewrite: (path) => path.replace('/speech', ''),
          headers: { 'xi-api-key': 'kept in the server' },
        },
      },
    },
  });
  await vite.listen();
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(vite.resolvedUrls?.local[0] ?? '');
    await page.locator('#speak').click();
    const lit = (): Promise<string> =>
      page.evaluate(() => {
        const [range] = (CSS.highlights.get('saylight-word') ?? []) as Iterable<Range>;
        return range?.toString() ?? '';
      });
    for (const word of ['The', 'quick', 'brown', 'fox']) {
      await expect.poll(lit, { interval: 10, timeout: 10_000 }).toBe(word);
    }
  } finally {
    await browser.close();
    await vite.close();
  }
}, 60_000);

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
