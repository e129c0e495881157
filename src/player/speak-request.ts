import type { SpeechClientOptions } from '../core/client-options.ts';
import type { StreamOutputFormat } from '../core/output-format.ts';
import type { TextToSpeechRequest } from '../core/text-to-speech-request.ts';
import type { TextToSpeechOptions } from '../core/text-to-speech.ts';

/** What to speak, how to reach the service, and the fields of the service's own request body, all in one. */
export interface SpeakRequest
  extends SpeechClientOptions, Omit<TextToSpeechOptions, 'outputFormat' | 'headers' | 'timeout'>, TextToSpeechRequest {
  readonly voiceId: string;
  /** Default `pcm_24000`. */
  readonly outputFormat?: StreamOutputFormat | undefined;
  /** The language of the text (BCP 47); scripts without spaces need it to find words. Default: `language_code`. */
  readonly locale?: string | undefined;
}
