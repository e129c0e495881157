const { ensureInstalled } = await import('./ensure-installed.mjs');
const folder = new URL('../test/conformance/', import.meta.url);
ensureInstalled();
ensureInstalled(folder);

const { readdirSync } = await import('node:fs');
const { startLocalSpeech } = await import('./local-speech.mjs');
const { run } = await import('./run.mjs');

// Named one by one: what else `node --test` takes differs between versions of Node.
const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs'));
const paths = files.map((name) => `test/conformance/${name}`).join(' ');

const server = await startLocalSpeech({ port: 0 });
let hasPassed = false;
try {
  hasPassed = await run(`node --test --test-reporter=spec --test-timeout=120000 ${paths}`, {
    SPEECH_SERVER_URL: server.url,
  });
} finally {
  await server.close();
}
process.exitCode = hasPassed ? 0 : 1;
