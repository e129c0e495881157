import type { SpeechClientOptions } from './client-options.ts';
import { createCredentials } from './credentials.ts';
import { createTransportWith, type Transport } from './http-transport.ts';

/** What calls are functions of, made from the options of a client. */
export function createTransport(options: SpeechClientOptions = {}): Transport {
  return createTransportWith(createCredentials(options), options);
}
