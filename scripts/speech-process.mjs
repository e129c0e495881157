import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('speech-server.mjs', import.meta.url));

/**
 * Starts the local speech server in a process of its own, so that it shares no thread with what looks at it.
 *
 * @returns {Promise<{ url: string, stop(): Promise<void> }>}
 */
export async function startSpeechProcess() {
  const env = { ...process.env, PORT: '0' };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const { value: url } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (url === undefined) throw new Error('The speech server ended before it was ready; its error is above.');
  return {
    url,
    async stop() {
      child.kill();
      await exited;
    },
  };
}
