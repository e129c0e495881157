import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright';
import { chromiumFlags, findChromium } from '../../scripts/chromium.mjs';

/** A demo that was started as its user starts it. */
export interface DemoProcess {
  readonly url: string;
  /** Where its gateway is. */
  readonly gateway: string;
  /** All that it has printed so far. */
  printed(): string;
  /** Ends it as a user does; gives its exit code. */
  stop(): Promise<number | null>;
}

/** Runs what `npm start` runs and waits for the address that it prints. */
export async function startDemoProcess(environment: NodeJS.ProcessEnv = {}): Promise<DemoProcess> {
  const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
  const env = { ...process.env, PORT: '0', ELEVENLABS_API_KEY: '', ...environment };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit') as Promise<[code: number | null]>;
  let printed = '';
  const url = await new Promise<string>((resolve, reject) => {
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        const [, address] = /^Open (\S+)\n/m.exec(printed) ?? [];
        if (address !== undefined) resolve(address);
      });
    }
    child.once('close', () => reject(new Error(`The demo ended before it printed its address. It said: ${printed}`)));
  });
  const html = await (await fetch(url)).text();
  const [, gateway = ''] = /name="speech-gateway" content="([^"]+)"/.exec(html) ?? [];
  return {
    url,
    gateway,
    printed: () => printed,
    async stop() {
      child.kill('SIGINT');
      const [code] = await exited;
      return code;
    },
  };
}

/** A Chromium for pages of the demo; sound needs a gesture unless the flags say otherwise. */
export function launchChromium(flags: readonly string[] = chromiumFlags): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({ ...(executablePath && { executablePath }), args: [...flags] });
}
