import { existsSync, readFileSync, rmSync } from 'node:fs';
import { ensureChromium } from './chromium.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { run } from './run.mjs';

ensureInstalled();
ensureChromium();

const reports = 'node_modules/.cache/saylight/test-reports';
rmSync(new URL(`../${reports}`, import.meta.url), { recursive: true, force: true });

/** Runs some of the test projects and keeps the counts. */
const vitest = (/** @type {string} */ name, /** @type {string[]} */ projects) =>
  `vitest run ${projects.map((project) => `--project ${project}`).join(' ')} --reporter=default --reporter=json` +
  ` --outputFile.json=${reports}/${name}.json`;

/**
 * Each step takes what the ones before it made: the build is what the package checks and the size budget look at. Chromium's
 * tests play in real time, so they have the machine to themselves.
 */
const steps = [
  ['formatting', 'oxfmt --check'],
  ['lint', 'oxlint --type-aware --deny-warnings'],
  ['types', 'tsc -b'],
  // Most of these wait for sockets and timers, so that two at a time take little more than half as long.
  ['tests', `${vitest('tests', ['unit', 'node', 'workers'])} --max-workers=2`],
  ['browser tests', vitest('browser', ['browser'])],
  ['build', 'node scripts/build.mjs'],
  // The demo's gateway, as it would be deployed: from the package that was built.
  [
    'deployment',
    'wrangler deploy --config demo/worker/wrangler.jsonc --dry-run --outdir node_modules/.cache/saylight/worker',
  ],
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

let passed = 0;
let broken = 0;
for (const name of ['tests', 'browser']) {
  const report = new URL(`../${reports}/${name}.json`, import.meta.url);
  const { numPassedTests = 0, numFailedTests = 0 } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  if (numPassedTests === 0) failed.push(`${name}: none has run`);
  passed += numPassedTests;
  broken += numFailedTests;
}
process.stdout.write(failed.length === 0 ? '\nAll steps passed.\n' : `\nFailed: ${failed.join(', ')}.\n`);
process.stdout.write(`${passed} passed, ${broken} failed\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
