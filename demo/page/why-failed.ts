import { SpeechError } from 'saylight';

/** A sentence for the user of the page about live text that could not be spoken. */
export function whyFailed(error: unknown): string {
  if (SpeechError.is(error) && (error.code === 'network' || error.code === 'timeout' || isUnreachable(error))) {
    return 'There is no connection for live text: the gateway, or the speech service behind it, does not answer. Try again.';
  }
  return (error as Error).message;
}

/** Whether it is what the gateway says when it does not reach the service. */
function isUnreachable({ detail }: SpeechError): boolean {
  return detail?.code === 'upstream_unreachable' || detail?.code === 'upstream_timeout';
}
