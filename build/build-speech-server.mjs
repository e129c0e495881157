import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sourceFolder = join(root, 'demo/speech-server');
const cacheFolder = join(root, 'node_modules/.cache/saylight/speech-server');

/**
 * Builds the local speech server as JavaScript that Node runs, unless it is built already. Each state of the sources has a
 * folder of its own that appears whole, so processes that build at once don't disturb each other.
 *
 * @returns {Promise<string>} The folder of `server.js` (exports `startSpeechServer`) and `synthesis-thread.js`.
 */
export async function buildSpeechServer() {
  const outputFolder = join(cacheFolder, await hashSources());
  if (existsSync(outputFolder)) return outputFolder;
  await mkdir(cacheFolder, { recursive: true });
  const temporaryFolder = `${outputFolder}.${randomUUID()}`;
  try {
    await bundle(temporaryFolder);
    await rename(temporaryFolder, outputFolder);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(outputFolder)) throw error;
  } finally {
    await rm(temporaryFolder, { recursive: true, force: true });
  }
  return outputFolder;
}

/** @param {string} outDir */
async function bundle(outDir) {
  const { build } = await import('vite');
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      ssr: true,
      outDir,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        input: {
          server: join(sourceFolder, 'server.ts'),
          'synthesis-thread': join(sourceFolder, 'speech/synthesis-thread.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
      },
    },
  });
}

/** A digest of every file that the build reads, this one included. */
async function hashSources() {
  const names = await readdir(sourceFolder, { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts')).map((name) => join(sourceFolder, name));
  const hash = createHash('sha256');
  for (const path of [...sources.sort(), fileURLToPath(import.meta.url), join(root, 'package-lock.json')]) {
    hash
      .update(path)
      .update('\0')
      .update(await readFile(path))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}
