import { inject } from 'vitest';

/** The id of the voice that is quickest to make. */
const quickVoice = 'kal16UsEnglishMale01';

export interface SpeechCall {
  /** What follows the voice id in the path: `/stream`. */
  readonly call?: string;
  readonly voice?: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: Readonly<Record<string, unknown>> | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the local speech server by a path. */
export function fetchPath(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(inject('speechServerUrl') + path, { ...init, headers: { 'xi-api-key': 'local', ...init.headers } });
}

interface SpeechHttpRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A request for speech, in 16 kHz PCM unless the query says otherwise. */
export function speechRequest(options: SpeechCall): SpeechHttpRequest {
  const { call = '', voice = quickVoice, query = {}, body = { text: 'Hello there.' }, headers = {} } = options;
  const search = new URLSearchParams({ output_format: 'pcm_16000' });
  for (const [name, value] of Object.entries(query)) search.set(name, String(value));
  return {
    url: `${inject('speechServerUrl')}/v1/text-to-speech/${voice}${call}?${search.toString()}`,
    method: 'POST',
    headers: { 'xi-api-key': 'local', 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

export function fetchSpeech(options: SpeechCall): Promise<Response> {
  const { url, method, headers, body } = speechRequest(options);
  return fetch(url, { method, headers, body });
}

export async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}
