import { SpeechError, type SpeechErrorCode } from './speech-error.ts';

/** What is known of a reply that tells of an error. */
export interface ErrorReply {
  /** The HTTP status; `undefined` for an error in the middle of a stream. */
  readonly status?: number | undefined;
  /** The parsed body, whatever it is. */
  readonly body: unknown;
  readonly requestId?: string | undefined;
  readonly retryAfter?: number | undefined;
  /** What names mean that only the sockets know, instead of an HTTP status. */
  readonly names?: readonly (readonly [name: RegExp, code: SpeechErrorCode])[] | undefined;
}

const advice: Readonly<Partial<Record<SpeechErrorCode, string>>> = {
  unauthorized: 'check apiKey or token',
  forbidden: 'check its permissions',
  'quota-exceeded': 'raise the quota',
  'not-found': 'check ids and baseUrl',
  'invalid-request': 'check the request',
  conflict: 'read it again first',
  'rate-limited': 'send fewer requests',
};

const codeOfStatus: Readonly<Record<number, SpeechErrorCode>> = {
  401: 'unauthorized',
  402: 'quota-exceeded',
  403: 'forbidden',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  429: 'rate-limited',
};

/** The error that a reply of the service tells of, in any of the shapes in which the service tells it. */
export function errorFromReply({ status, body, requestId, retryAfter, names }: ErrorReply): SpeechError {
  const { codes, fields } = errorDetail(body);
  const detail = { code: codes[0], fields };
  const code = names?.find(([name]) => name.test(codes.join(' ')))?.[1] ?? classify(status, codes);
  const ownId = field(field(body, 'detail'), 'request_id');
  const facts = [code, status, detail.code, ...fields.slice(0, 5)].filter(Boolean).join(', ');
  return new SpeechError(code, `The service answered ${facts}: ${advice[code] ?? 'try again'}.`, {
    status,
    requestId: requestId ?? (isIdentifier(ownId) ? ownId : undefined),
    retryAfter,
    detail,
  });
}

// The service's own codes go first: a used-up quota, an unknown voice and a text too long may all come as 401.
function classify(status: number | undefined, codes: readonly string[]): SpeechErrorCode {
  const said = codes.join(' ');
  if (/\bquota_exceeded\b/.test(said)) return 'quota-exceeded';
  if (/\bmax_character_limit_exceeded\b/.test(said)) return 'invalid-request';
  if (/_not_found\b/.test(said)) return 'not-found';
  if (!status && /\binvalid_api_key\b/.test(said)) return 'unauthorized';
  if (!status) return /limit|too_many|busy/.test(said) ? 'rate-limited' : 'server';
  return codeOfStatus[status] ?? (status < 500 ? 'invalid-request' : 'server');
}

/** Codes and names of fields; never messages or inputs, which may quote the text. */
function errorDetail(body: unknown): { readonly codes: readonly string[]; readonly fields: readonly string[] } {
  const detail = field(body, 'detail') ?? field(body, 'error') ?? body;
  const items: unknown[] = Array.isArray(detail) ? detail : [detail];
  const codes = ['code', 'status', 'type', 'error'].map((name) => field(items[0], name) ?? field(body, name));
  const places = items.map((item) => [field(item, 'loc') ?? field(item, 'param')].flat().join('.'));
  return { codes: codes.filter(isIdentifier), fields: places.filter(isIdentifier) };
}

function field(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];
}

function isIdentifier(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.+:-]{1,100}$/.test(value);
}
