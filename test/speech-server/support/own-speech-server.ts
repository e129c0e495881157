import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SpeechServer, SpeechServerOptions } from '../../../demo/speech-server/server.ts';

/** Starts a speech server in this process, from the same bundle as the shared one. */
export async function startOwnSpeechServer(options: SpeechServerOptions): Promise<SpeechServer> {
  const builder = new URL('../../../build/build-speech-server.mjs', import.meta.url).href;
  const { buildSpeechServer } = (await import(/* @vite-ignore */ builder)) as {
    buildSpeechServer: () => Promise<string>;
  };
  const bundle = pathToFileURL(`${await buildSpeechServer()}/server.js`);
  const { startSpeechServer } = (await import(/* @vite-ignore */ fileURLToPath(bundle))) as {
    startSpeechServer: (options: SpeechServerOptions) => Promise<SpeechServer>;
  };
  return startSpeechServer(options);
}
