const { ensureInstalled } = await import('./ensure-installed.mjs');
ensureInstalled();

const { run } = await import('./run.mjs');
process.exitCode = (await run('vitest run --project soak', { CI: '1' })) ? 0 : 1;
