/**
 * What went wrong, for a program to decide on:
 *
 * - `unauthorized`, `forbidden`, `quota-exceeded`: who asks, what they may do, what they have left;
 * - `invalid-request`, `not-found`, `conflict`: the request itself;
 * - `rate-limited`, `server`, `network`, `timeout`: may go better later;
 * - `protocol`: the reply is not what the protocol says;
 * - `consumed`: a single-use stream was read twice, or a speech that was left is sent text;
 * - `unsupported`: this runtime lacks what the call needs.
 */
export type SpeechErrorCode =
  | 'unauthorized'
  | 'forbidden'
  | 'quota-exceeded'
  | 'invalid-request'
  | 'not-found'
  | 'conflict'
  | 'rate-limited'
  | 'server'
  | 'network'
  | 'timeout'
  | 'protocol'
  | 'consumed'
  | 'unsupported';

/** What the service itself said of an error, as far as it holds no text of the caller's. */
export interface SpeechErrorDetail {
  /** The service's own code, such as `voice_not_found`. */
  readonly code?: string | undefined;
  /** The fields that the service refused, such as `body.voice_settings.stability`. */
  readonly fields?: readonly string[] | undefined;
}

/** What a {@link SpeechError} knows besides its code and message. */
export interface SpeechErrorOptions {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfter?: number | undefined;
  readonly detail?: SpeechErrorDetail | undefined;
  readonly unspokenText?: string | undefined;
  readonly cause?: unknown;
}

/** A {@link SpeechError} as plain data, fit for `postMessage` and for logs; `cause` and `unspokenText` stay behind. */
export interface SpeechErrorData extends Omit<SpeechErrorOptions, 'cause' | 'unspokenText'> {
  readonly name: 'SpeechError';
  readonly code: SpeechErrorCode;
  readonly message: string;
}

// Registered, so that two copies of the package know each other's errors.
const brand: symbol = Symbol.for('saylight.SpeechError');

/** The one error of this library. Its message says what to do next and never holds a key, a token or spoken text. */
export class SpeechError extends Error {
  override readonly name = 'SpeechError';
  readonly code: SpeechErrorCode;
  /** The HTTP status, where there was a reply. */
  readonly status: number | undefined;
  /** The service's name for the request; its support asks for it. */
  readonly requestId: string | undefined;
  /** Seconds after which the service wants to be asked again, where it said so. */
  readonly retryAfter: number | undefined;
  readonly detail: SpeechErrorDetail | undefined;
  /** Of a speech whose text was sent as it was written: what was accepted and not spoken whole. No log shows it. */
  declare readonly unspokenText: string | undefined;

  constructor(code: SpeechErrorCode, message: string, options: SpeechErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.status = options.status;
    this.requestId = options.requestId;
    this.retryAfter = options.retryAfter;
    this.detail = options.detail;
    Object.defineProperty(this, 'unspokenText', { value: options.unspokenText });
    Object.defineProperty(this, brand, { value: true });
  }

  /** Whether `value` is a SpeechError, of this copy of the package or another. */
  static is(value: unknown): value is SpeechError {
    return value instanceof Error && brand in value;
  }

  /** The error that {@link SpeechError.toJSON} made plain, whole again. */
  static from(data: SpeechErrorData): SpeechError {
    return new SpeechError(data.code, data.message, data);
  }

  /** The error as plain data. */
  toJSON(): SpeechErrorData {
    // Of an error, message, stack and cause are not enumerable.
    return { ...this, message: this.message };
  }
}
