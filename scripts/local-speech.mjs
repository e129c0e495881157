import { pathToFileURL } from 'node:url';
import { buildSpeechServer } from '../build/build-speech-server.mjs';

/**
 * Builds the local speech server where that is due, and starts it.
 *
 * @param {{ port: number, hostname?: string | undefined }} options - port 0 takes any
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function startLocalSpeech(options) {
  const folder = await buildSpeechServer();
  const { startSpeechServer } = await import(pathToFileURL(`${folder}/server.js`).href);
  return startSpeechServer(options);
}
