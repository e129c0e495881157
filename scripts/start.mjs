import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
const { runnerImport } = await import('vite');
const { startLocalSpeech } = await import('./local-speech.mjs');

const port = Number(process.env['PORT'] ?? 4173);
if (!(Number.isInteger(port) && port >= 0 && port < 65_536)) {
  process.stderr.write(`PORT is ${process.env['PORT']}; it must be a number from 0 to 65535.\n`);
  process.exit(1);
}
// What the gateway logs of each request is much for a terminal.
const isLogShown = Boolean(process.env['GATEWAY_LOG']);
const apiKey = process.env['ELEVENLABS_API_KEY'];
const local = apiKey ? undefined : await startLocalSpeech({ port: 0 });
const serviceUrl = process.env['ELEVENLABS_BASE_URL'] ?? 'https://api.elevenlabs.io';
const speech = local ? { url: local.url, apiKey: 'local' } : { url: serviceUrl, apiKey };

// What wrangler reads when it is loaded: its own log stays here, and it asks Cloudflare nothing.
process.env['WRANGLER_LOG_PATH'] ??= fileURLToPath(
  new URL('../node_modules/.cache/saylight/gateway.log', import.meta.url),
);
process.env['WRANGLER_SEND_METRICS'] = 'false';
process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false';
const { module } = await runnerImport(fileURLToPath(new URL('../demo/server/start-demo.ts', import.meta.url)));
const demo = await module.startDemo({ port, speech, tokenSecret: process.env['TOKEN_SECRET'], isLogShown });

process.stdout.write(local ? 'Speaking with the local stand-in voices.\n' : `Speaking through ${serviceUrl}.\n`);
process.stdout.write(`Open ${demo.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    const closed = Promise.all([demo.close(), local?.close()]);
    // What has not ended by then ends with this process.
    void Promise.race([closed, wait(5000)]).finally(() => process.exit(0));
  });
}
