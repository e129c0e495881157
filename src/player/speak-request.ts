import type { SpeechClientOptions } from '../core/client-options.ts';
import type { TokenSource } from '../core/credentials.ts';
import type { StreamOutputFormat } from '../core/output-format.ts';
import type { SessionOptions } from '../core/session-options.ts';
import type { TextToSpeechRequest } from '../core/text-to-speech-request.ts';
import type { TextToSpeechOptions } from '../core/text-to-speech.ts';

/** What a new speech does to the one that plays: takes its place, or waits for its end and follows it without a gap. */
export type WhenSpeaking = 'interrupt' | 'queue';

/** What to speak, how to reach the service, and the fields of the service's own request body, all in one. */
export interface SpeakRequest
  extends
    SpeechClientOptions,
    Omit<TextToSpeechOptions, 'outputFormat' | 'headers' | 'timeout'>,
    Omit<TextToSpeechRequest, 'text'>,
    Pick<SessionOptions, 'generation_config' | LiveOption> {
  readonly voiceId: string;
  /** What is spoken; while it is still being written, its pieces as they come, of any size. */
  readonly text: string | AsyncIterable<string>;
  /** Default `pcm_24000`. */
  readonly outputFormat?: StreamOutputFormat | undefined;
  /** The language of the text (BCP 47); scripts without spaces need it to find words. Default: `language_code`. */
  readonly locale?: string | undefined;
  /** Default `interrupt`. */
  readonly whenSpeaking?: WhenSpeaking | undefined;
}

/** What only a text that is still being written can be told. */
type LiveOption =
  | 'flushFirstSentence'
  | 'enableSsmlParsing'
  | 'inactivityTimeout'
  | 'syncAlignment'
  | 'autoMode'
  | 'timeBase'
  | 'resume';

/** The Worker's own address is another one than the page's. What can't be read is told by the client. */
export function absoluteUrl(url: string | undefined): string | undefined {
  try {
    return url && new URL(url, document.baseURI).href;
  } catch {
    return url;
  }
}

/** A token as it crosses to the Worker: `true` stands for the page's function, an object for the address of a gateway. */
export type JobToken = string | true | { readonly href: string } | undefined;

/** What of a token can be cloned. */
export function cloneableToken(token: TokenSource | undefined): JobToken {
  if (typeof token === 'function') return true;
  return typeof token === 'object' ? { href: token.href } : token;
}
