import { SpeechError } from '../../src/core/speech-error.ts';

/** What `work` is rejected with; fails when it is not rejected. */
export async function rejection(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('This was expected to fail.');
}

/** The SpeechError that `work` is rejected with; fails when it is anything else. */
export async function speechError(work: Promise<unknown>): Promise<SpeechError> {
  const error = await rejection(work);
  if (SpeechError.is(error)) return error;
  throw error;
}
