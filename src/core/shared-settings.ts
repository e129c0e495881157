import type { SpeechClientOptions } from './client-options.ts';
import type { Credentials } from './credentials.ts';
import type { RetryPolicy } from './retry-delay.ts';

/** What a client's sockets share with its requests. */
export interface SharedSettings {
  readonly options: Pick<SpeechClientOptions, 'fetch' | 'WebSocket' | 'singleUseToken' | 'tokenInQuery'>;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** Sent where a socket can have headers. */
  readonly headers: Headers;
  /** Seconds until a connection must be open. */
  readonly timeout: number;
  /** Seconds that the service may be silent while speech is due. */
  readonly idleTimeout: number;
  readonly retry: Partial<RetryPolicy>;
}
