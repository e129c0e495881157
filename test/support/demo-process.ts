import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright';
import { chromiumFlags, findChromium } from '../../scripts/chromium.mjs';

/** A demo that was started as its user starts it. */
export interface DemoProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** Runs what `npm start` runs and waits for the address that it prints. */
export async function startDemoProcess(environment: NodeJS.ProcessEnv = {}): Promise<DemoProcess> {
  const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
  const env = { ...process.env, PORT: '0', ELEVENLABS_API_KEY: '', ...environment };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^Open (\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    const stop = async (): Promise<void> => {
      child.kill();
      await exited;
    };
    return { url, stop };
  }
  throw new Error('The demo ended before it printed its address.');
}

/** A Chromium for pages of the demo; sound needs a gesture unless the flags say otherwise. */
export function launchChromium(flags: readonly string[] = chromiumFlags): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({ ...(executablePath && { executablePath }), args: [...flags] });
}
