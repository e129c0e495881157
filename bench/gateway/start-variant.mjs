import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { startWorkerd } from '../../scripts/workerd-process.mjs';
import { gateway } from './variants.mjs';

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const { module } = await runnerImport(path('../../src/edge/access/speech-tokens.ts'));

const origin = 'https://app.example';
const secret = randomBytes(32).toString('base64url');
const signer = module.createSpeechTokens({ keys: { bench: secret } });
const grants = {
  operations: ['stream', 'connect'],
  voices: ['plain', 'slow', 'large'],
  models: ['eleven_flash_v2_5'],
  formats: ['mp3_44100_128'],
};

/**
 * Starts what stands before the service at `serviceUrl`.
 *
 * @typedef {Awaited<ReturnType<typeof startVariant>>} RunningVariant
 * @param {import('./variants.mjs').Variant} variant
 * @param {string} serviceUrl
 */
export async function startVariant({ name, worker, isLogging = false, policy = {}, subjects }, serviceUrl) {
  const workerd =
    worker === undefined
      ? undefined
      : await startWorkerd({
          entry: path(worker),
          bindings: {
            SERVICE_URL: serviceUrl,
            TOKEN_SECRET: secret,
            ORIGIN: origin,
            LOG: isLogging ? 'on' : 'off',
            POLICY: JSON.stringify(policy),
          },
          durableObjects: subjects === undefined ? {} : { SPEECH_LIMITS: 'SpeechLimitsObject' },
        });
  return {
    name,
    pid: workerd?.pid,
    /** What a task needs to know to send `count` requests. */
    target: async (/** @type {number} */ count) => {
      const mint = (/** @type {unknown} */ _, /** @type {number} */ index) =>
        signer.mint({ subject: `subject-${index % (subjects ?? 1)}`, isSingleUse: subjects !== undefined, grants });
      const minted =
        worker === gateway ? await Promise.all(Array.from({ length: subjects === undefined ? 1 : count }, mint)) : [];
      return { url: `${workerd?.url ?? serviceUrl}/speech`, origin, tokens: minted.map(({ token }) => token) };
    },
    stop: async () => {
      await workerd?.stop();
    },
  };
}
