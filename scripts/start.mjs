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
const apiKey = process.env['ELEVENLABS_API_KEY'];
const local = apiKey ? undefined : await startLocalSpeech({ port: 0 });
const serviceUrl = process.env['ELEVENLABS_BASE_URL'] ?? 'https://api.elevenlabs.io';
const speech = local ? { url: local.url, apiKey: 'local' } : { url: serviceUrl, apiKey };

const { module } = await runnerImport(fileURLToPath(new URL('../demo/server/start-demo.ts', import.meta.url)));
const demo = await module.startDemo({ port, speech });

process.stdout.write(local ? 'Speaking with the local stand-in voices.\n' : `Speaking through ${serviceUrl}.\n`);
process.stdout.write(`Open ${demo.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    void Promise.all([demo.close(), local?.close()]).finally(() => process.exit(0));
  });
}
