import type { TestProject } from 'vitest/node';
import { startSpeechProcess } from '../../scripts/speech-process.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** The base URL of the local speech server that was started for this project's tests. */
    speechServerUrl: string;
  }
}

/** Starts the speech server, and tells the tests its address; gives what ends it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startSpeechProcess();
  project.provide('speechServerUrl', server.url);
  return () => server.stop();
}
