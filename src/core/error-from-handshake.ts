import { errorFromReply } from './error-from-reply.ts';
import { SpeechError } from './speech-error.ts';

/** What is known of a handshake that failed: nothing in a browser; with `ws` the message of its error event. */
export interface FailedHandshake {
  /** The HTTP status of what came instead of a socket. */
  readonly status?: number;
  readonly message?: string;
  readonly error?: unknown;
}

/** The error of a socket that did not open. */
export function errorFromHandshake({ status, message = '', error }: FailedHandshake): SpeechError {
  const known = status ?? Number(/server response: (\d{3})$/.exec(message)?.[1] ?? NaN);
  if (known >= 400) return errorFromReply({ status: known, body: undefined });
  // A redirect is among these, which a browser's fetch shows as status 0.
  if (known >= 0) {
    const advice = 'What answered is no speech socket: set baseUrl to the service itself.';
    return new SpeechError('protocol', advice, { status: known || undefined });
  }
  const advice =
    'The socket did not open, and browsers hide why: check network, baseUrl, credentials, voice and model.';
  return new SpeechError('network', advice, { cause: error });
}
