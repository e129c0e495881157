/** What a request asks the gateway for. */
export type SpeechRoute =
  | { readonly kind: 'health' }
  | { readonly kind: 'token' }
  /** One of the four calls over HTTP. */
  | {
      readonly kind: 'speech';
      readonly operation: 'convert' | 'convertWithTimestamps' | 'stream' | 'streamWithTimestamps';
      readonly voiceId: string;
      /** At the service. */
      readonly path: string;
    }
  | {
      readonly kind: 'socket';
      readonly operation: 'connect' | 'connectMulti';
      readonly voiceId: string;
      readonly path: string;
    }
  | {
      readonly kind: 'catalogue';
      readonly operation: 'models' | 'voices';
      readonly voiceId: string | undefined;
      readonly path: string;
    };
