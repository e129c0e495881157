/** Why the gateway says no; the `code` of its errors. */
export type RefusalCode =
  | 'invalid_request'
  | 'text_too_long'
  | 'token_missing'
  | 'token_invalid'
  | 'token_expired'
  | 'token_used'
  | 'not_authorized'
  | 'quota_exceeded'
  | 'origin_refused'
  | 'not_granted'
  | 'disclosure_required'
  | 'not_found'
  | 'method_not_allowed'
  | 'request_timeout'
  | 'body_too_long'
  | 'unsupported_media_type'
  | 'upgrade_required'
  | 'rate_limited'
  | 'too_many_requests'
  | 'internal_error'
  | 'misconfigured'
  | 'sockets_unsupported'
  | 'upstream_failed'
  | 'upstream_refused'
  | 'upstream_unreachable'
  | 'limits_unavailable'
  | 'upstream_timeout';

const statuses: Readonly<Record<RefusalCode, number>> = {
  invalid_request: 400,
  text_too_long: 400,
  token_missing: 401,
  token_invalid: 401,
  token_expired: 401,
  token_used: 401,
  not_authorized: 401,
  quota_exceeded: 402,
  origin_refused: 403,
  not_granted: 403,
  disclosure_required: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  body_too_long: 413,
  unsupported_media_type: 415,
  upgrade_required: 426,
  rate_limited: 429,
  too_many_requests: 429,
  internal_error: 500,
  misconfigured: 500,
  sockets_unsupported: 501,
  upstream_failed: 502,
  upstream_refused: 502,
  upstream_unreachable: 502,
  limits_unavailable: 503,
  upstream_timeout: 504,
};

/** What a {@link Refusal} knows besides its code and message. */
export interface RefusalOptions {
  readonly retryAfter?: number | undefined;
  /** The method that a route is asked by. */
  readonly allow?: string | undefined;
  /** What went wrong, for the operator: the log has its name. */
  readonly cause?: unknown;
}

/** What the gateway answers instead of speech. Its message is the gateway's own: it quotes neither caller nor service. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  /** Seconds after which another try makes sense. */
  readonly retryAfter: number | undefined;
  readonly #allow: string | undefined;

  constructor(code: RefusalCode, message: string, options: RefusalOptions = {}) {
    super(message, options);
    this.code = code;
    this.retryAfter = options.retryAfter;
    this.#allow = options.allow;
  }

  /** The HTTP status. */
  get status(): number {
    return statuses[this.code];
  }

  /** As a reply, in the service's own shape for errors. */
  toResponse(): Response {
    const headers = new Headers({ 'content-type': 'application/json' });
    if (this.status === 401) headers.set('www-authenticate', 'Bearer');
    if (this.#allow !== undefined) headers.set('allow', this.#allow);
    if (this.retryAfter !== undefined) headers.set('retry-after', String(Math.max(1, Math.ceil(this.retryAfter))));
    const body = JSON.stringify({ detail: { code: this.code, message: this.message } });
    return new Response(body, { status: this.status, headers });
  }
}
