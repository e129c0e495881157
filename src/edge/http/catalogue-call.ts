import { openReplyBody, readText } from '../../core/reply-body.ts';
import { checkGrants } from '../access/check-grants.ts';
import type { SpeechGrants } from '../access/speech-grants.ts';
import type { GatewayReply, VerifiedCall } from '../gateway-call.ts';
import { Refusal } from '../refusal.ts';
import { allowedQuery } from '../request/allowed-query.ts';
import type { SpeechRoute } from '../request/speech-route.ts';
import { sha256 } from '../sha256.ts';
import { askService } from './ask-service.ts';

type CatalogueRoute = Extract<SpeechRoute, { kind: 'catalogue' }>;

/** Seconds for which a list is kept; it is the same for everybody who asks by the same key of the service. */
const cacheSeconds = 300;
const longestList = 8_000_000;

/** Lists models and voices: those that the token is good for. */
export async function catalogueCall(call: VerifiedCall, route: CatalogueRoute): Promise<GatewayReply> {
  const { url, settings, token, grants } = call;
  if (token.isSingleUse) {
    throw new Refusal('not_granted', 'A single-use token is for speech: ask for one that is not, for lists.');
  }
  const query = allowedQuery(route, url.searchParams);
  const { operation, voiceId, path } = route;
  checkGrants(grants, { operation, voiceId });
  query.sort();
  const { url: serviceUrl, owner } = settings.service;
  const key = await sha256(JSON.stringify(['catalogue', serviceUrl, owner(), path, query.toString()]));
  const kept = await match(call, key);
  const text = kept ?? (await fetchList(call, path, query));
  const list = granted(text, grants);
  if (kept !== undefined) call.record.cached = true;
  else call.waitUntil(keep(call, key, text));
  return { response: new Response(list, { headers: { 'content-type': 'application/json' } }) };
}

async function match({ settings }: VerifiedCall, key: string): Promise<string | undefined> {
  try {
    return await (await settings.cache.match(key))?.text();
  } catch {
    return undefined;
  }
}

async function fetchList(call: VerifiedCall, path: string, query: URLSearchParams): Promise<string> {
  const { request, settings, record, deadline } = call;
  const controller = new AbortController();
  const onFailure = (failure: typeof record.upstream): void => void (record.upstream = failure);
  const ask = { controller, deadline, signal: request.signal, onFailure };
  const response = await askService(settings.service, { method: 'GET', path, query }, ask);
  const idleTimeout = settings.service.timeout;
  const body = openReplyBody(response, { idleTimeout, controller, release: () => {}, requestId: undefined });
  try {
    return await readText(body, longestList);
  } catch (cause) {
    throw unreadable(cause);
  }
}

async function keep({ settings }: VerifiedCall, key: string, text: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'cache-control': `max-age=${cacheSeconds}` };
  try {
    await settings.cache.put(key, new Response(text, { headers }));
  } catch {
    // The next one asks anew.
  }
}

/**
 * The list without what the token is not good for.
 *
 * @throws Refusal when it is no list
 */
function granted(text: string, { models, voices }: SpeechGrants): string {
  try {
    const list = JSON.parse(text) as Model[] | { readonly voices?: readonly Voice[] };
    if (Array.isArray(list)) {
      return JSON.stringify(models ? list.filter(({ model_id: id }) => models.includes(id)) : list);
    }
    const { voices: found } = list;
    if (!voices || !found) return JSON.stringify(list);
    return JSON.stringify({ ...list, voices: found.filter(({ voice_id: id }) => voices.includes(id)) });
  } catch (cause) {
    throw unreadable(cause);
  }
}

interface Model {
  readonly model_id: string;
}

interface Voice {
  readonly voice_id: string;
}

function unreadable(cause: unknown): Refusal {
  return new Refusal('upstream_failed', 'The speech service’s list can’t be read: try again.', { cause });
}
