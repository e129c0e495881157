import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';

/**
 * Runs a Worker in workerd itself, without a development server before it: what comes of a request is what the runtime does.
 *
 * @param {object} options
 * @param {string} options.entry - the module with the Worker, in TypeScript or JavaScript
 * @param {Readonly<Record<string, string>>} [options.bindings] - texts by name
 * @param {Readonly<Record<string, string>>} [options.durableObjects] - classes by the name of their binding; with SQLite, and
 * gone with the process
 * @param {readonly string[]} [options.flags] - compatibility flags
 * @returns {Promise<{ readonly url: string; readonly pid: number; printed(): string; stop(): Promise<void> }>}
 */
export async function startWorkerd({ entry, bindings = {}, durableObjects = {}, flags = [] }) {
  const worker = await bundle(entry);
  // Memory, where there is a folder of it: SQLite waits for a disk. workerd's own storage in memory has no SQL.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'saylight-workerd-'));
  mkdirSync(join(folder, 'storage'));
  writeFileSync(join(folder, 'worker.js'), worker);
  writeFileSync(join(folder, 'workerd.capnp'), configuration({ folder, bindings, durableObjects, flags }));
  const child = spawn(executable(), ['serve', '--experimental', '--control-fd=3', 'workerd.capnp'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (printed += bytes));
  const exited = once(child, 'exit');
  const end = () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  // So that nothing is left behind whatever ends this process.
  process.once('exit', end);
  const stop = async () => {
    child.kill();
    await exited;
    end();
    process.off('exit', end);
  };
  const lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdio[3]) });
  const listening = once(lines, 'line').then(([line]) => JSON.parse(line).port);
  const port = await Promise.race([listening, exited.then(() => undefined)]);
  if (port === undefined || child.pid === undefined) {
    await stop();
    throw new Error(`workerd has not started: ${printed}`);
  }
  return { url: `http://127.0.0.1:${port}`, pid: child.pid, printed: () => printed, stop };
}

/** The package's own launcher would be a process between us and it. */
function executable() {
  const { default: path } = /** @type {{ default: string }} */ (createRequire(import.meta.url)('workerd'));
  return path;
}

async function bundle(/** @type {string} */ entry) {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      minify: false,
      lib: { entry, formats: ['es'], fileName: 'worker' },
    },
  });
  const [bundled] = /** @type {import('vite').Rollup.RollupOutput[]} */ (result);
  const code = bundled?.output[0].code;
  if (code === undefined) throw new Error('Nothing was bundled.');
  return code;
}

const text = (/** @type {string} */ value) => JSON.stringify(value);
const list = (/** @type {readonly string[]} */ items) => `[${items.join(', ')}]`;

/** @param {Record<'bindings' | 'durableObjects', Readonly<Record<string, string>>> & { folder: string, flags: readonly string[] }} options */
function configuration({ folder, bindings, durableObjects, flags }) {
  const allFlags = ['no_nodejs_compat', 'no_nodejs_compat_v2', ...flags];
  const bound = [
    ...Object.entries(bindings).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
    ...Object.entries(durableObjects).map(
      ([name, className]) => `(name = ${text(name)}, durableObjectNamespace = (className = ${text(className)}))`,
    ),
  ];
  const namespaces = Object.values(durableObjects).map(
    (className) => `(className = ${text(className)}, uniqueKey = ${text(className)}, enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-04-01",
      compatibilityFlags = ${list(allFlags.map(text))},
      bindings = ${list(bound)},
      durableObjectNamespaces = ${list(namespaces)},
      durableObjectStorage = (localDisk = "storage"),
      globalOutbound = "network",
    )),
    (name = "storage", disk = (path = ${text(join(folder, 'storage'))}, writable = true)),
    (name = "network", network = (allow = ["private", "local", "public"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
}
