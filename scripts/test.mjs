import { existsSync, readFileSync, rmSync } from 'node:fs';
import { ensureChromium } from './chromium.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { run } from './run.mjs';

ensureInstalled();
ensureChromium();

const report = new URL('../node_modules/.cache/saylight/vitest.json', import.meta.url);
rmSync(report, { force: true });

/** Each step takes what the ones before it made: the build is what the package checks and the size budget look at. */
const steps = [
  ['formatting', 'oxfmt --check'],
  ['lint', 'oxlint --type-aware --deny-warnings'],
  ['types', 'tsc -b'],
  ['tests', 'vitest run --reporter=default --reporter=json --outputFile.json=node_modules/.cache/saylight/vitest.json'],
  ['build', 'node scripts/build.mjs'],
  ['unused code', 'knip'],
  ['package', 'publint --strict && attw --pack . --profile esm-only'],
  ['size', 'size-limit'],
];

const env = { CI: '1', WRANGLER_SEND_METRICS: 'false' };
const failed = [];
for (const [name = '', command = ''] of steps) {
  process.stdout.write(`\n— ${name} —\n`);
  if (!(await run(command, env))) failed.push(name);
}

const { numPassedTests = 0, numFailedTests = 0 } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
if (numPassedTests === 0 && !failed.includes('tests')) failed.push('tests');
process.stdout.write(failed.length === 0 ? '\nAll steps passed.\n' : `\nFailed: ${failed.join(', ')}.\n`);
process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
