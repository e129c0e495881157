const { ensureInstalled } = await import('./ensure-installed.mjs');
ensureInstalled();
ensureInstalled(new URL('../test/runtimes/', import.meta.url));

const { run } = await import('./run.mjs');
process.exitCode = (await run('vitest run --project runtimes', { CI: '1' })) ? 0 : 1;
