import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);

/** Installs the packages of `folder` from its lock file when they are missing or belong to another lock file. */
export function ensureInstalled(folder = root) {
  requireNode();
  const stamp = new URL('node_modules/.cache/saylight/lock-file.sha256', folder);
  const hash = createHash('sha256')
    .update(readFileSync(new URL('package-lock.json', folder)))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  process.stderr.write('Installing packages from the lock file…\n');
  // Not `npm ci`: it refuses a lock file that lacks a package for some other platform, which not every registry has.
  const { status } = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: fileURLToPath(folder),
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
    env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
  });
  if (status !== 0) {
    process.stderr.write('The packages could not be installed; npm says why above. Is its registry within reach?\n');
    process.exit(1);
  }
  mkdirSync(new URL('.', stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(`saylight needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
