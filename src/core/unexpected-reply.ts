import { SpeechError } from './speech-error.ts';

/** The error for a reply that is not what the protocol says; `what` begins the message. */
export function unexpectedReply(what: string, requestId?: string): SpeechError {
  return new SpeechError('protocol', `${what}: is baseUrl the speech service?`, { requestId });
}
