import { cloudflareTest } from '@cloudflare/vitest-pool-workers';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumFlags, findChromium } from './scripts/chromium.mjs';
import { audioScripts } from './build/audio-scripts.ts';

const executablePath = findChromium();

// Every project that needs the local speech server starts one of its own and tells its tests the address.
const globalSetup = ['test/support/start-speech-server.ts'];

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: { name: 'unit', environment: 'happy-dom', include: ['test/**/*.unit.test.ts'] },
      },
      {
        test: { name: 'node', environment: 'node', include: ['test/**/*.node.test.ts'], globalSetup },
      },
      {
        test: { name: 'soak', environment: 'node', include: ['test/**/*.soak.test.ts'], globalSetup },
      },
      {
        test: { name: 'runtimes', environment: 'node', include: ['test/**/*.runtimes.test.ts'], globalSetup },
      },
      {
        plugins: [audioScripts()],
        test: {
          name: 'browser',
          include: ['test/**/*.browser.test.ts'],
          globalSetup,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            instances: [{ browser: 'chromium' }],
            provider: playwright({
              launchOptions: { ...(executablePath === undefined ? {} : { executablePath }), args: chromiumFlags },
            }),
          },
        },
      },
      {
        plugins: [
          cloudflareTest({
            main: './test/edge/worker.ts',
            miniflare: {
              compatibilityDate: '2026-04-01',
              compatibilityFlags: ['no_nodejs_compat', 'no_nodejs_compat_v2'],
              durableObjects: { SPEECH_LIMITS: { className: 'SpeechLimitsObject', useSQLite: true } },
              // The plugin does not export the enum that it asks for here.
              // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
              ratelimits: { RATE_LIMIT: { simple: { limit: 3, period: 60 } } },
            },
          }),
        ],
        test: { name: 'workers', include: ['test/**/*.workers.test.ts'], globalSetup },
      },
    ],
  },
});
