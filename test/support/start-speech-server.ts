import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The base URL of the local speech server that was started for this project's tests. */
    speechServerUrl: string;
  }
}

const script = fileURLToPath(new URL('../../scripts/speech-server.mjs', import.meta.url));

/** Starts the speech server in a process of its own, so that it shares no thread with the tests; gives what ends it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const firstLine = createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const { value: url } = await firstLine;
  if (url === undefined) throw new Error('The speech server ended before it was ready; its error is above.');
  project.provide('speechServerUrl', url);
  return async () => {
    child.kill();
    await exited;
  };
}
