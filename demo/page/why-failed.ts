import { SpeechError } from 'saylight';

/** A sentence for the user of the page about live text that could not be spoken. */
export function whyFailed(error: unknown): string {
  if (SpeechError.is(error) && (error.code === 'network' || error.code === 'timeout')) {
    return 'There is no connection for live text: the server of this page, or the speech service behind it, does not answer. Try again.';
  }
  return (error as Error).message;
}
