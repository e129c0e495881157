import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The runtimes, as the packages that are installed here have them. */
export const runtimes = ['Deno', 'Bun'] as const;

export type Runtime = (typeof runtimes)[number];

const commands: Readonly<Record<Runtime, readonly string[]>> = {
  // What a script may reach is all that it needs: this machine's network, and what the test tells it.
  Deno: ['deno', 'run', '--no-prompt', '--no-remote', '--no-lock', '--allow-net=127.0.0.1'],
  Bun: ['bun', 'run', '--no-install'],
};

/** A script that runs. */
export interface RuntimeProcess {
  /** The first line that it printed. */
  readonly line: string;
  readonly stop: () => Promise<void>;
}

/**
 * Runs a script of this folder until it has printed a line.
 *
 * @throws Error when it ends before
 */
export async function runScript(runtime: Runtime, script: string, ...values: string[]): Promise<RuntimeProcess> {
  const [program, ...flags] = commands[runtime];
  const child = spawn(path(`node_modules/.bin/${program}`), [...flags, path(script), ...values], {
    env: { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill();
    await exited;
  };
  for await (const line of createInterface({ input: child.stdout })) return { line, stop };
  throw new Error(`${script} has printed nothing in ${runtime}. ${errors}`);
}

function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
