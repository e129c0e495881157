import { catalogueCall } from './http/catalogue-call.ts';
import { addReplyHeaders, checkOrigin, preflightReply } from './access/check-origin.ts';
import type { AdmittedCall, GatewayCall, GatewayReply } from './gateway-call.ts';
import { subjectDigest, type GatewayLogEntry } from './gateway-log.ts';
import type { SpeechGatewayOptions } from './gateway-options.ts';
import { gatewaySettings, type GatewaySettings } from './gateway-settings.ts';
import { isRoute, matchRoute } from './request/match-route.ts';
import { narrowGrants } from './access/narrow-grants.ts';
import { rateLimited } from './limits/rate-limited.ts';
import { Refusal } from './refusal.ts';
import { refuseSocket } from './sockets/refuse-socket.ts';
import { socketCall } from './sockets/socket-call.ts';
import { speechCall } from './http/speech-call.ts';
import type { SpeechRoute } from './request/speech-route.ts';
import { tokenCall } from './access/token-call.ts';
import { offeredProtocol, tokenOfRequest } from './access/token-of-request.ts';

/** What a runtime gives besides the request, where it gives it. */
export interface GatewayContext {
  /** Keeps the runtime at work until then. */
  waitUntil(work: Promise<unknown>): void;
}

/** A speech endpoint of the app's own: a handler for every server that has fetch. */
export interface SpeechGateway<Env> {
  readonly fetch: (request: Request, env?: Env, context?: GatewayContext) => Promise<Response>;
}

/**
 * A speech endpoint of the app's own, which holds the API key: it gives short-lived tokens to whom the app knows, and passes
 * on what they are good for. Options that come from the environment are made by a function of it.
 *
 * @throws TypeError for options that can't be right; where a function makes them, every request is answered by 500
 * @example
 * ```ts
 * const gateway = createSpeechGateway((env: Env) => ({
 *   apiKey: env.ELEVENLABS_API_KEY,
 *   tokens: { keys: { 'key-1': env.TOKEN_SECRET } },
 *   authorize: async (request) => ({ subject: await userOf(request) }),
 *   limits: durableLimits(env.SPEECH_LIMITS),
 *   path: '/speech',
 * }));
 * export default { fetch: gateway.fetch };
 * ```
 */
export function createSpeechGateway<Env = unknown>(
  options: SpeechGatewayOptions | ((env: Env) => SpeechGatewayOptions),
): SpeechGateway<Env> {
  const settingsOf = typeof options === 'function' ? settingsByEnvironment(options) : always(gatewaySettings(options));
  return {
    async fetch(request, env, context) {
      let settings: GatewaySettings;
      try {
        settings = settingsOf(env as Env);
      } catch (error) {
        // The operator's mistake: its message names the option and holds no secret.
        // oxlint-disable-next-line no-console
        console.error(error);
        return new Refusal('misconfigured', 'The gateway is not set up: its operator must look.').toResponse();
      }
      return answer(request, settings, (work) => context?.waitUntil(work));
    },
  };
}

function always<T>(value: T): () => T {
  return () => value;
}

/** The settings of each environment, made once. */
function settingsByEnvironment<Env>(options: (env: Env) => SpeechGatewayOptions): (env: Env) => GatewaySettings {
  let known: { readonly env: Env; readonly settings: GatewaySettings } | undefined;
  return (env) => {
    if (!known || known.env !== env) known = { env, settings: gatewaySettings(options(env)) };
    return known.settings;
  };
}

async function answer(
  request: Request,
  settings: GatewaySettings,
  waitUntil: GatewayCall['waitUntil'],
): Promise<Response> {
  const begun = Date.now();
  const url = new URL(request.url);
  const call: GatewayCall = { request, url, settings, record: { route: 'none', outcome: 'ended' }, waitUntil };
  const { record } = call;
  let origin: string | undefined;
  let reply: GatewayReply;
  try {
    // First, so that a page can read whatever comes of it.
    origin = checkOrigin(request, url, settings.origins);
    const path = pathUnder(settings.path, url);
    if (path === undefined || !isRoute(path)) throw new Refusal('not_found', 'There is nothing here.');
    if (request.method === 'OPTIONS') {
      record.route = 'preflight';
      reply = { response: preflightReply(request) };
    } else {
      reply = await routed(call, matchRoute(request.method, path));
    }
  } catch (error) {
    reply = refused(call, error, origin);
  }
  const { response } = reply;
  record.status = response.status;
  // Of a WebSocket, the headers are settled.
  if (response.status !== 101) addReplyHeaders(response.headers, origin);
  waitUntil(log(settings, written(record, begun, reply.ended)));
  return response;
}

function pathUnder(mount: string, { pathname }: URL): string | undefined {
  return pathname.startsWith(`${mount}/`) ? pathname.slice(mount.length) : undefined;
}

async function routed(call: GatewayCall, route: SpeechRoute | undefined): Promise<GatewayReply> {
  const { request, settings, record } = call;
  if (!route) throw new Refusal('not_found', 'There is nothing here.');
  record.route = 'operation' in route ? route.operation : route.kind;
  if (route.kind === 'health') return { response: Response.json({ status: 'ok' }) };
  if (route.kind === 'token') return tokenCall(call);
  if (route.kind === 'socket' && request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    throw new Refusal('upgrade_required', 'This is a WebSocket: ask for an upgrade.');
  }
  const token = await settings.tokens.verify(tokenOfRequest(request));
  record.subject = token.subject;
  record.token = token.id;
  if (settings.disclosure !== undefined && token.disclosure !== settings.disclosure) {
    throw new Refusal('disclosure_required', 'The notice has changed: have it accepted, and ask for a new token.');
  }
  await rateLimited(settings.rateLimit, token.subject);
  const admitted: AdmittedCall = { ...call, token, grants: narrowGrants(settings.grants, token.grants) };
  if (route.kind === 'speech') return speechCall(admitted, route);
  if (route.kind === 'catalogue') return catalogueCall(admitted, route);
  return socketCall(admitted, route, offeredProtocol(request));
}

function refused(call: GatewayCall, error: unknown, origin: string | undefined): GatewayReply {
  const { request, settings, record } = call;
  record.outcome = request.signal?.aborted ? 'left' : 'refused';
  let refusal: Refusal;
  if (error instanceof Refusal) refusal = error;
  else if (request.signal?.aborted) refusal = new Refusal('request_timeout', 'The caller has left.');
  else {
    // Nothing that is expected: most of all what `authorize` throws, which its writer must see.
    // oxlint-disable-next-line no-console
    console.error(error);
    refusal = new Refusal('internal_error', 'The gateway failed: its operator must look.');
  }
  record.code = refusal.code;
  const protocol = offeredProtocol(request);
  const isPage = origin !== undefined && protocol !== undefined && request.headers.get('upgrade') !== null;
  const response = isPage ? refuseSocket(refusal, protocol, settings.service.sockets, request) : refusal.toResponse();
  return { response };
}

async function log(settings: GatewaySettings, entry: Promise<GatewayLogEntry>): Promise<void> {
  try {
    settings.log(await entry);
  } catch (error) {
    // oxlint-disable-next-line no-console
    console.error(error);
  }
}

/** The log's entry, once the request is over. */
async function written(
  record: GatewayCall['record'],
  begun: number,
  ended: GatewayReply['ended'],
): Promise<GatewayLogEntry> {
  if (ended) record.outcome = await ended;
  const { route = 'none', subject, token, status = 0, code, outcome = 'ended', characters, bytes } = record;
  const { cached, upstream } = record;
  return {
    event: 'speech-gateway',
    route,
    subject: subject === undefined ? undefined : await subjectDigest(subject),
    token,
    status,
    code,
    outcome,
    characters,
    bytes,
    ms: Date.now() - begun,
    cached,
    upstream,
  };
}
