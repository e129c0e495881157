import { readText, type ReplyBody } from './reply-body.ts';
import { unexpectedReply } from './unexpected-reply.ts';

/** V8's strings end soon after. */
const longestText = 500_000_000;

/** What the headers of a reply tell. */
export interface ReplyInfo {
  /** The service's name for the request; it serves as `previous_request_ids` of later ones. */
  readonly requestId: string | undefined;
  /** What the speech costs, in the service's characters. */
  readonly characterCost: number | undefined;
  readonly headers: Headers;
}

/** A successful reply whose body is not read yet. */
export interface Reply extends ReplyInfo {
  readonly body: ReplyBody;
}

/** What the headers tell. */
export function replyInfo(headers: Headers): ReplyInfo {
  const cost = Number(headers.get('character-cost') ?? NaN);
  return {
    requestId: headers.get('request-id') ?? headers.get('x-trace-id') ?? undefined,
    characterCost: Number.isNaN(cost) ? undefined : cost,
    headers,
  };
}

/**
 * The JSON of a reply, when `isExpected` agrees with it.
 *
 * @throws SpeechError `protocol` when it is something else.
 */
export async function readJson<T>(reply: Reply, isExpected: (value: T) => boolean): Promise<T> {
  const text = await readText(reply.body, longestText);
  try {
    // A property of null throws as well: the same mistake, the same error.
    const value = JSON.parse(text) as T;
    if (isExpected(value)) return value;
  } catch {
    // The parser's own error quotes the reply.
  }
  throw unexpectedReply('The reply is not what was asked for', reply.requestId);
}
