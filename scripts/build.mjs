import { rmSync } from 'node:fs';
import { run } from './run.mjs';

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
const built = (await run('vite build --logLevel warn')) && (await run('tsc -b --force src/player src/edge'));
process.exitCode = built ? 0 : 1;
