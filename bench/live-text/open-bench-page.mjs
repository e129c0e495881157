import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { createServer, runnerImport } from 'vite';
import { chromiumFlags, findChromium } from '../../scripts/chromium.mjs';

const root = new URL('../../', import.meta.url);
const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, root));

/**
 * Opens the page of this benchmark in Chromium.
 *
 * @returns {Promise<{ page: import('playwright').Page, version: string, close(): Promise<void> }>}
 */
export async function openBenchPage() {
  const { module } = await runnerImport(path('build/audio-scripts.ts'));
  const vite = await createServer({
    configFile: false,
    root: path('bench/live-text'),
    cacheDir: path('node_modules/.cache/vite-bench'),
    logLevel: 'warn',
    plugins: [module.audioScripts()],
    resolve: {
      alias: [
        { find: /^saylight$/, replacement: path('src/core/index.ts') },
        { find: /^saylight\/player$/, replacement: path('src/player/index.ts') },
      ],
    },
    server: { port: 0, hmr: false, watch: null, fs: { allow: [path('.')] } },
  });
  await vite.listen();
  const executablePath = findChromium();
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: chromiumFlags });
  const page = await browser.newPage();
  page.on('pageerror', (error) => process.stderr.write(`${error.stack}\n`));
  await page.goto(vite.resolvedUrls?.local[0] ?? '');
  await page.waitForFunction(() => 'bench' in globalThis);
  return {
    page,
    version: browser.version(),
    async close() {
      await browser.close();
      await vite.close();
    },
  };
}
