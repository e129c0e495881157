import { openReplyBody, readText } from '../../core/reply-body.ts';
import { allowedQuery } from '../request/allowed-query.ts';
import { askService } from './ask-service.ts';
import { checkGrants } from '../access/check-grants.ts';
import type { AdmittedCall, GatewayReply } from '../gateway-call.ts';
import { sha256 } from '../gateway-log.ts';
import { Refusal } from '../refusal.ts';
import type { SpeechGrants } from '../access/speech-grants.ts';
import type { SpeechRoute } from '../request/speech-route.ts';

type CatalogueRoute = Extract<SpeechRoute, { kind: 'catalogue' }>;

/** Seconds for which a list is kept; it is the same for everybody. */
const cacheSeconds = 300;
const longestList = 8_000_000;

/** Lists models and voices: those that the token is good for. */
export async function catalogueCall(call: AdmittedCall, route: CatalogueRoute): Promise<GatewayReply> {
  const { url, settings, grants } = call;
  const query = allowedQuery(route, url.searchParams);
  const { operation, voiceId, path } = route;
  checkGrants(grants, { operation, voiceId });
  query.sort();
  const key = await sha256(JSON.stringify(['catalogue', settings.service.url, path, query.toString()]));
  const kept = await settings.cache.match(key).catch(() => undefined);
  const text = kept ? await kept.text() : await fetchList(call, path, query);
  if (kept) call.record.cached = true;
  else call.waitUntil(keep(call, key, text));
  const list = granted(JSON.parse(text) as unknown, grants);
  return { response: new Response(JSON.stringify(list), { headers: { 'content-type': 'application/json' } }) };
}

async function fetchList(call: AdmittedCall, path: string, query: URLSearchParams): Promise<string> {
  const { request, settings, record } = call;
  const controller = new AbortController();
  const onFailure = (failure: typeof record.upstream): void => void (record.upstream = failure);
  const ask = { controller, signal: request.signal, onFailure };
  const response = await askService(settings.service, { method: 'GET', path, query }, ask);
  const idleTimeout = settings.service.timeout;
  const body = openReplyBody(response, { idleTimeout, controller, release: () => {}, requestId: undefined });
  try {
    const text = await readText(body, longestList);
    JSON.parse(text);
    return text;
  } catch {
    throw new Refusal('upstream_failed', 'The speech service’s list can’t be read: try again.');
  }
}

async function keep({ settings }: AdmittedCall, key: string, text: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'cache-control': `max-age=${cacheSeconds}` };
  await settings.cache.put(key, new Response(text, { headers })).catch(() => {});
}

/** The list without what the token is not good for. */
function granted(list: unknown, { models, voices }: SpeechGrants): unknown {
  if (Array.isArray(list)) return models ? list.filter(({ model_id: id }) => models.includes(id)) : list;
  const { voices: found } = list as { readonly voices?: unknown };
  if (!voices || !Array.isArray(found)) return list;
  return { ...(list as object), voices: found.filter(({ voice_id: id }) => voices.includes(id)) };
}
