import { fileURLToPath } from 'node:url';
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js';
import { runnerImport } from 'vite';

const baseUrl = process.env['SPEECH_SERVER_URL'];
if (!baseUrl) throw new Error('SPEECH_SERVER_URL is not set: run npm run test:conformance.');

// From its sources, so that no build has to come first.
const { module: core } = await runnerImport(fileURLToPath(new URL('../../src/core/index.ts', import.meta.url)), {
  root: fileURLToPath(new URL('../../', import.meta.url)),
  configFile: false,
  logLevel: 'warn',
});

/** The service's own SDK on the local speech server, with `options` besides. */
export const createSdk = (options = {}) => new ElevenLabsClient({ baseUrl, apiKey: 'local', ...options });

/** Saylight's client on the local speech server, with `options` besides. */
export const createSaylight = (options = {}) => core.createSpeechClient({ baseUrl, apiKey: 'local', ...options });

/** The voice that is made fastest. */
export const voiceId = 'kal16UsEnglishMale01';
