import type { SpeechClientOptions } from '../core/client-options.ts';
import type { StreamOutputFormat } from '../core/output-format.ts';
import type { TextToSpeechRequest } from '../core/text-to-speech-request.ts';
import type { TextToSpeechOptions } from '../core/text-to-speech.ts';
import type { SpeechJob, SpeechJobHandles } from './speech-job.ts';

/** What to speak, how to reach the service, and the fields of the service's own request body, all in one. */
export interface SpeakRequest
  extends SpeechClientOptions, Omit<TextToSpeechOptions, 'outputFormat' | 'headers' | 'timeout'>, TextToSpeechRequest {
  readonly voiceId: string;
  /** Default `pcm_24000`. */
  readonly outputFormat?: StreamOutputFormat | undefined;
  /** The language of the text (BCP 47); scripts without spaces need it to find words. Default: `language_code`. */
  readonly locale?: string | undefined;
}

/** A request, sorted by who needs what. */
export interface SortedSpeakRequest extends Pick<SpeechJobHandles, 'token' | 'fetch'> {
  /** What crosses to the Worker. */
  readonly job: SpeechJob;
  readonly locale: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sorts the fields of a request; what is no option goes to the service.
 *
 * @throws TypeError when there is no text or no voice
 */
export function sortSpeakRequest(request: SpeakRequest, bufferAhead: number): SortedSpeakRequest {
  const { voiceId, locale = request.language_code ?? undefined, signal, token, fetch, ...rest } = request;
  const { outputFormat = 'pcm_24000', enableLogging, optimizeStreamingLatency, ...others } = rest;
  const { apiKey, allowApiKeyInBrowser, baseUrl, headers, timeout, idleTimeout, retry, zeroRetention, ...body } =
    others;
  const client = { apiKey, allowApiKeyInBrowser, headers, timeout, idleTimeout, retry, zeroRetention };
  if (typeof voiceId !== 'string' || voiceId === '')
    throw new TypeError('Pass the `voiceId` of the voice that speaks.');
  if (typeof body.text !== 'string' || body.text.trim() === '') throw new TypeError('Pass the `text` to speak.');
  return {
    job: {
      voiceId,
      request: body,
      options: { outputFormat, enableLogging, optimizeStreamingLatency },
      client: { ...client, baseUrl: absolute(baseUrl) },
      bufferAhead,
    },
    locale,
    signal,
    token,
    fetch,
  };
}

/** The Worker's own address is another one than the page's. */
function absolute(baseUrl: string | undefined): string | undefined {
  if (baseUrl === undefined || !URL.canParse(baseUrl, document.baseURI)) return baseUrl;
  return new URL(baseUrl, document.baseURI).href;
}
