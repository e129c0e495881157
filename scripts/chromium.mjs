import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The flags with which Chromium plays audio in real time without a display, a sound card or a network. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * The path of the Chromium that the tests use: `CHROMIUM_PATH`, else the first one on the PATH.
 *
 * @returns {string | undefined}
 */
export function findChromium() {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && existsSync(named)) return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
}

/** Installs Debian's Chromium when there is none and this machine lets us; else says what to install, and ends. */
export function ensureChromium() {
  if (findChromium() !== undefined) return;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0) {
    process.stderr.write("Installing Debian's Chromium for the browser tests…\n");
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get update -qq && apt-get install -y -qq chromium >&2', {
      shell: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env,
    });
    if (findChromium() !== undefined) return;
  }
  process.stderr.write(
    'The browser tests need Chromium: install it so that `chromium` is on the PATH, or set CHROMIUM_PATH.\n',
  );
  process.exit(1);
}
