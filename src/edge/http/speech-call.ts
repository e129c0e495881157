import { replyInfo } from '../../core/reply.ts';
import { checkGrants } from '../access/check-grants.ts';
import { readWhole } from '../cache/read-whole.ts';
import { speechCacheKey } from '../cache/speech-cache-key.ts';
import type { Deadline } from '../deadline.ts';
import type { GatewayReply, VerifiedCall } from '../gateway-call.ts';
import { admit, type Lease } from '../limits/admit.ts';
import { Refusal } from '../refusal.ts';
import { allowedQuery } from '../request/allowed-query.ts';
import { countCharacters } from '../request/count-characters.ts';
import { readJsonBody } from '../request/read-json-body.ts';
import { speechBody } from '../request/speech-body.ts';
import type { SpeechRoute } from '../request/speech-route.ts';
import { askService } from './ask-service.ts';
import { passBody, type BodyEnd } from './pass-body.ts';

type SpeechCallRoute = Extract<SpeechRoute, { kind: 'speech' }>;

/** Bytes of a speech that is kept at most: it is held in memory until it is whole. */
const longestKept = 8 * 1024 * 1024;

/** Has a text spoken, and passes the speech on. */
export async function speechCall(call: VerifiedCall, route: SpeechCallRoute): Promise<GatewayReply> {
  const { request, url, settings, grants, record, deadline } = call;
  const query = allowedQuery(route, url.searchParams);
  if (settings.zeroRetention) query.set('enable_logging', 'false');
  const body = speechBody(await readJsonBody(request, settings, deadline));
  const characters = countCharacters(body.text);
  const { operation, voiceId, path } = route;
  const format = query.get('output_format') ?? undefined;
  checkGrants(grants, { operation, voiceId, modelId: body.model_id, format, characters });

  // What must not be kept by the service is not kept here either.
  const isKept = settings.cacheSpeech !== undefined && query.get('enable_logging') !== 'false';
  const key = isKept ? await speechCacheKey(call, path, query, body) : undefined;
  const kept = key === undefined ? undefined : await match(call, key);
  const lease = await admit(call, kept ? 0 : characters);
  if (kept) {
    record.cached = true;
    call.waitUntil(lease.settle(0));
    return { response: new Response(kept.body, { headers: replyHeaders(kept, operation) }) };
  }

  const controller = new AbortController();
  let reply: Response;
  try {
    const onFailure = (failure: typeof record.upstream): void => void (record.upstream = failure);
    const service = { method: 'POST', path, query, body: JSON.stringify(body) } as const;
    reply = await askService(settings.service, service, {
      controller,
      deadline,
      signal: request.signal,
      onFailure,
    });
  } catch (error) {
    // What was refused costs nothing; what was under way may have been spoken.
    const isRefused = error instanceof Refusal && error.code !== 'upstream_timeout';
    call.waitUntil(lease.settle(isRefused ? 0 : characters));
    throw error;
  }
  record.characters = characters;
  record.bytes = lengthOf(reply);
  const headers = replyHeaders(reply, operation);
  if (!reply.body) {
    call.waitUntil(lease.settle(characters));
    return { response: new Response(null, { headers }) };
  }
  deadline.set(grants.sessionSeconds ?? Infinity, () => controller.abort());
  const [toPage, toCache] = key === undefined ? [reply.body] : reply.body.tee();
  const keeping = key !== undefined && toCache && keep(call, key, new Response(toCache, { headers }));
  const { readable, ended } = passBody(toPage, request.signal);
  const over = settled(ended, keeping || undefined, deadline, lease, characters);
  return { response: new Response(readable, { headers }), ended: over };
}

/** How the page's reply ended, once the service's has: what is kept goes on when the page has left. */
async function settled(
  ended: Promise<BodyEnd>,
  keeping: Promise<void> | undefined,
  deadline: Deadline,
  lease: Lease,
  spent: number,
): Promise<BodyEnd> {
  const end = await ended;
  await keeping;
  deadline.clear();
  await lease.settle(spent);
  return end;
}

async function match({ settings }: VerifiedCall, key: string): Promise<Response | undefined> {
  try {
    return await settings.cache.match(key);
  } catch {
    return undefined;
  }
}

/** Keeps the reply, whole or not at all. */
async function keep({ settings }: VerifiedCall, key: string, reply: Response): Promise<void> {
  const headers = new Headers(reply.headers);
  headers.set('cache-control', `max-age=${Math.floor(settings.cacheSpeech ?? 0)}`);
  try {
    await settings.cache.put(key, new Response(await readWhole(reply, longestKept), { headers }));
  } catch {
    // The next one is made anew.
  }
}

/** The headers that a page gets of the service's. */
function replyHeaders(reply: Response, operation: SpeechCallRoute['operation']): Headers {
  const type = reply.headers.get('content-type') ?? '';
  const isKnown = /^(?:audio\/[\w.+-]+|application\/json)(?:;|$)/i.test(type);
  const headers = new Headers({ 'content-type': isKnown ? type : 'application/octet-stream' });
  // JSON lines under their own name: some servers gather `application/json` until it can be compressed.
  if (operation === 'streamWithTimestamps') headers.set('content-type', 'application/x-ndjson');
  const { requestId, characterCost } = replyInfo(reply.headers);
  if (requestId && /^[\w.-]{1,100}$/.test(requestId)) headers.set('request-id', requestId);
  if (characterCost !== undefined) headers.set('character-cost', String(characterCost));
  return headers;
}

function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get('content-length');
  return length === null ? undefined : Number(length);
}
