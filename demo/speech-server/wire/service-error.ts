/** One reason why a request is not valid, as FastAPI words it. */
export interface ValidationIssue {
  readonly type: string;
  /** Where: `['body', 'text']`. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
}

interface ServiceErrorDetail {
  readonly type: string;
  readonly code: string;
  readonly message: string;
}

/** An error that a client gets in one of the service's two shapes: an object with a code, or a list of validation issues. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  /** In seconds; becomes the header Retry-After. */
  readonly retryAfter: number | undefined;
  readonly #detail: ServiceErrorDetail | readonly ValidationIssue[];

  constructor(status: number, detail: ServiceErrorDetail | readonly ValidationIssue[], retryAfter?: number) {
    super('message' in detail ? detail.message : detail.map((issue) => issue.msg).join('; '));
    this.status = status;
    this.retryAfter = retryAfter;
    this.#detail = detail;
  }

  /** What the error is called on a WebSocket. */
  get code(): string {
    return 'message' in this.#detail ? this.#detail.code : 'invalid_message';
  }

  /** The JSON body. `status` is the name that `code` had before. */
  body(requestId: string): object {
    if (!('message' in this.#detail)) return { detail: this.#detail };
    const { type, code, message } = this.#detail;
    return { detail: { type, code, message, status: code, request_id: requestId } };
  }
}

/** The errors that more than one call answers. */
export const serviceErrors = {
  invalidKey: (): ServiceError =>
    new ServiceError(401, {
      type: 'authentication_error',
      code: 'invalid_api_key',
      message: 'Invalid API key. Send any other key in the xi-api-key header.',
    }),
  missingKey: (): ServiceError =>
    new ServiceError(401, {
      type: 'authentication_error',
      code: 'needs_authorization',
      message: 'Neither authorization header nor xi-api-key received, please provide one.',
    }),
  quotaExceeded: (): ServiceError =>
    new ServiceError(401, {
      type: 'quota_error',
      code: 'quota_exceeded',
      message: 'This request exceeds your quota of 10000. You have 0 credits remaining.',
    }),
  voiceNotFound: (id: string): ServiceError =>
    new ServiceError(404, {
      type: 'not_found',
      code: 'voice_not_found',
      message: `A voice with the voice_id ${id} was not found. GET /v1/voices lists the voices of this server.`,
    }),
  unsupportedFormat: (name: string): ServiceError =>
    new ServiceError(400, {
      type: 'validation_error',
      code: 'unsupported_output_format',
      message: `This local server can't make ${name}. Ask for a pcm format, such as output_format=pcm_24000.`,
    }),
  textTooLong: (length: number, limit: number, modelId: string): ServiceError =>
    new ServiceError(400, {
      type: 'validation_error',
      code: 'max_character_limit_exceeded',
      message: `The text has ${length} characters; ${modelId} takes at most ${limit} in a request. Split it.`,
    }),
  tooManyRequests: (): ServiceError =>
    new ServiceError(429, {
      type: 'rate_limit_error',
      code: 'concurrent_limit_exceeded',
      message: 'Too many concurrent requests.',
    }),
  internal: (): ServiceError =>
    new ServiceError(500, {
      type: 'internal_error',
      code: 'internal_server_error',
      message: 'The server could not answer this request.',
    }),
};
