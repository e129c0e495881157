import { addReplyHeaders, checkOrigin, preflightReply } from './access/check-origin.ts';
import { narrowGrants } from './access/narrow-grants.ts';
import { tokenCall } from './access/token-call.ts';
import { offeredProtocol, tokenOfRequest } from './access/token-of-request.ts';
import { Deadline } from './deadline.ts';
import type { GatewayCall, GatewayReply, VerifiedCall } from './gateway-call.ts';
import type { SpeechGatewayOptions } from './gateway-options.ts';
import { gatewaySettings, type GatewaySettings } from './gateway-settings.ts';
import { catalogueCall } from './http/catalogue-call.ts';
import { speechCall } from './http/speech-call.ts';
import { rateLimited } from './limits/rate-limited.ts';
import { Refusal } from './refusal.ts';
import { refusedReply } from './refused-reply.ts';
import { matchRoute } from './request/match-route.ts';
import type { SpeechRoute } from './request/speech-route.ts';
import { socketCall } from './sockets/socket-call.ts';
import { writeLog } from './write-log.ts';

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
        const refusal = new Refusal('misconfigured', 'The gateway is not set up: its operator must look.');
        const response = refusal.toResponse();
        addReplyHeaders(response.headers, undefined);
        return response;
      }
      return answer(request, settings, (work) => context?.waitUntil(work));
    },
  };
}

function always<T>(value: T): () => T {
  return () => value;
}

/** So many environments that there is one for each request. */
const suspiciouslyMany = 10;

/** The settings of the environment, made once. */
function settingsByEnvironment<Env>(options: (env: Env) => SpeechGatewayOptions): (env: Env) => GatewaySettings {
  let known: { readonly env: Env; readonly settings: GatewaySettings } | undefined;
  let count = 0;
  return (env) => {
    if (known?.env === env) return known.settings;
    count += 1;
    if (count === suspiciouslyMany) {
      // oxlint-disable-next-line no-console
      console.warn(
        'This server has no lasting environment, so the options are made anew for each request: pass them as they are.',
      );
    }
    known = { env, settings: gatewaySettings(options(env)) };
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
  const record: GatewayCall['record'] = { route: 'none', outcome: 'ended' };
  const deadline = new Deadline();
  const call: GatewayCall = { request, url, settings, record, deadline, waitUntil };
  let origin: string | undefined;
  let reply: GatewayReply;
  try {
    // First, so that a page can read whatever comes of it.
    origin = checkOrigin(request, url, settings.origins);
    const path = pathUnder(settings.path, url);
    const match = path === undefined ? undefined : matchRoute(path);
    if (!match) throw new Refusal('not_found', 'There is nothing here.');
    const { method, route } = match;
    if (request.method === 'OPTIONS') {
      record.route = 'preflight';
      reply = { response: preflightReply(request) };
    } else {
      if (request.method !== method) {
        throw new Refusal('method_not_allowed', `This is asked for by ${method}.`, { allow: method });
      }
      reply = await routed(call, route);
    }
  } catch (error) {
    reply = refusedReply(call, error, origin);
  }
  const { response } = reply;
  if (!reply.ended) deadline.clear();
  record.status = response.status;
  // Of a WebSocket, the headers are settled.
  if (response.status !== 101) addReplyHeaders(response.headers, origin);
  waitUntil(writeLog(call, begun, reply));
  return response;
}

function pathUnder(mount: string, { pathname }: URL): string | undefined {
  return pathname.startsWith(`${mount}/`) ? pathname.slice(mount.length) : undefined;
}

async function routed(call: GatewayCall, route: SpeechRoute): Promise<GatewayReply> {
  const { request, settings, record } = call;
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
  const verified: VerifiedCall = { ...call, token, grants: narrowGrants(settings.grants, token.grants) };
  if (route.kind === 'speech') return speechCall(verified, route);
  if (route.kind === 'catalogue') return catalogueCall(verified, route);
  return socketCall(verified, route, offeredProtocol(request));
}
