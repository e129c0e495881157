const { ensureInstalled } = await import('./ensure-installed.mjs');
ensureInstalled();

const { startLocalSpeech } = await import('./local-speech.mjs');
const server = await startLocalSpeech({ port: Number(process.env['PORT'] ?? 0), hostname: process.env['HOST'] });

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void server.close());
process.stdout.write(`${server.url}\n`);
