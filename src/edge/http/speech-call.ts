import { replyInfo } from '../../core/reply.ts';
import { startTimer } from '../../core/wait.ts';
import { admit, type Lease } from '../limits/admit.ts';
import { allowedQuery } from '../request/allowed-query.ts';
import { askService } from './ask-service.ts';
import { checkGrants } from '../access/check-grants.ts';
import { countCharacters } from '../request/count-characters.ts';
import type { AdmittedCall, GatewayReply } from '../gateway-call.ts';
import { passBody, type BodyEnd } from './pass-body.ts';
import { readJsonBody } from '../request/read-json-body.ts';
import { Refusal } from '../refusal.ts';
import { speechBody } from '../request/speech-body.ts';
import { speechCacheKey } from '../cache/speech-cache-key.ts';
import type { SpeechRoute } from '../request/speech-route.ts';

type SpeechCallRoute = Extract<SpeechRoute, { kind: 'speech' }>;

/** Has a text spoken, and passes the speech on. */
export async function speechCall(call: AdmittedCall, route: SpeechCallRoute): Promise<GatewayReply> {
  const { request, url, settings, grants, record, waitUntil } = call;
  const query = allowedQuery(route, url.searchParams);
  if (settings.zeroRetention) query.set('enable_logging', 'false');
  const body = speechBody(await readJsonBody(request, settings));
  const characters = countCharacters(body.text);
  const { operation, voiceId, path } = route;
  const format = query.get('output_format') ?? undefined;
  checkGrants(grants, { operation, voiceId, modelId: body.model_id, format, characters });
  const lease = await admit(call, characters);

  const key = settings.cacheSpeech === undefined ? undefined : await speechCacheKey(call, path, query, body);
  const kept = key === undefined ? undefined : await settings.cache.match(key).catch(() => undefined);
  if (kept) {
    record.cached = true;
    waitUntil(settled(lease, 0));
    return { response: new Response(kept.body, { headers: replyHeaders(kept, operation) }) };
  }

  const controller = new AbortController();
  let reply: Response;
  try {
    const onFailure = (failure: typeof record.upstream): void => void (record.upstream = failure);
    const service = { method: 'POST', path, query, body: JSON.stringify(body) } as const;
    reply = await askService(settings.service, service, { controller, signal: request.signal, onFailure });
  } catch (error) {
    // What was refused costs nothing; what was under way may have been spoken.
    const isRefused = error instanceof Refusal && error.code !== 'upstream_timeout';
    waitUntil(settled(lease, isRefused ? 0 : characters));
    throw error;
  }
  record.characters = characters;
  record.bytes = lengthOf(reply);
  const headers = replyHeaders(reply, operation);
  if (!reply.body) {
    waitUntil(settled(lease, characters));
    return { response: new Response(null, { headers }) };
  }
  const [toPage, toCache] = key === undefined ? [reply.body] : reply.body.tee();
  if (key !== undefined && toCache) waitUntil(keep(call, key, new Response(toCache, { headers })));

  const stopTimer = startTimer(grants.sessionSeconds ?? Infinity, () => controller.abort());
  const { readable, ended } = passBody(toPage, request.signal);
  return { response: new Response(readable, { headers }), ended: over(ended, stopTimer, lease, characters) };
}

async function over(
  ended: Promise<BodyEnd>,
  stopTimer: () => void,
  lease: Lease | undefined,
  spent: number,
): Promise<BodyEnd> {
  const end = await ended;
  stopTimer();
  await lease?.settle(spent);
  return end;
}

async function settled(lease: Lease | undefined, spent: number): Promise<void> {
  await lease?.settle(spent);
}

/** Keeps the reply, whole or not at all. */
async function keep({ settings }: AdmittedCall, key: string, reply: Response): Promise<void> {
  reply.headers.set('cache-control', `max-age=${Math.floor(settings.cacheSpeech ?? 0)}`);
  await settings.cache.put(key, reply).catch(() => {});
}

/** The headers that a page gets of the service's. */
function replyHeaders(reply: Response, operation: SpeechCallRoute['operation']): Headers {
  const type = reply.headers.get('content-type') ?? '';
  const isKnown = /^(?:audio\/[\w.+-]+|application\/json)$/i.test(type);
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
