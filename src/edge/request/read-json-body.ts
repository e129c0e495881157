import { abortable } from '../../core/abortable.ts';
import type { Deadline } from '../deadline.ts';
import { Refusal } from '../refusal.ts';
import { parseJsonObject } from './parse-json-object.ts';

/** How much may come, and how long it may take. */
export interface BodyLimits {
  /** Bytes. */
  readonly bodyLimit: number;
  /** Seconds. */
  readonly bodyTimeout: number;
}

/**
 * The JSON object that a request holds; an empty body is an empty object.
 *
 * @throws Refusal for what is not JSON in UTF-8, too long, too slow, or no object
 */
export async function readJsonBody(
  request: Request,
  limits: BodyLimits,
  deadline: Deadline,
): Promise<Readonly<Record<string, unknown>>> {
  const type = request.headers.get('content-type') ?? '';
  // What a form can send would need no leave from CORS.
  if (!/^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i.test(type)) {
    throw new Refusal('unsupported_media_type', 'Send the body as application/json.');
  }
  if (Number(request.headers.get('content-length') ?? 0) > limits.bodyLimit) throw tooLong(limits);
  const bytes = await readBytes(request, limits, deadline);
  if (bytes.byteLength > limits.bodyLimit) throw tooLong(limits);
  const value = parseObject(bytes);
  if (value) return value;
  throw new Refusal('invalid_request', 'The body must be a JSON object in UTF-8.');
}

async function readBytes(request: Request, limits: BodyLimits, deadline: Deadline): Promise<Uint8Array> {
  const late = new AbortController();
  deadline.set(limits.bodyTimeout, () => {
    late.abort(new Refusal('request_timeout', 'The body took too long: send it at once.'));
  });
  try {
    // Of a body whose length is told, no more than that comes; read in one go, it costs less.
    const isBounded = request.headers.has('content-length');
    const whole = isBounded
      ? request.arrayBuffer().then((bytes) => new Uint8Array(bytes))
      : readParts(request, limits, late);
    return await abortable(late.signal, whole);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal('invalid_request', 'The body broke off.');
  }
}

async function readParts({ body }: Request, limits: BodyLimits, late: AbortController): Promise<Uint8Array> {
  if (!body) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  try {
    for (;;) {
      const { value, done } = await abortable(late.signal, reader.read());
      if (done) return joined(parts, size);
      size += value.byteLength;
      if (size > limits.bodyLimit) throw tooLong(limits);
      parts.push(value);
    }
  } catch (error) {
    // The rest is not wanted, and nobody waits for it.
    reader.cancel().catch(() => {});
    throw error;
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (bytes.byteLength === 0) return {};
  try {
    return parseJsonObject(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function tooLong({ bodyLimit }: BodyLimits): Refusal {
  return new Refusal('body_too_long', `A request may hold ${bodyLimit} bytes at most.`);
}
