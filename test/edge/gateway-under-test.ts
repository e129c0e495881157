import { inject } from 'vitest';
import type { Fetch } from '../../src/core/client-options.ts';
import type { GatewayLogEntry } from '../../src/edge/gateway-log.ts';
import type { SpeechGatewayOptions } from '../../src/edge/gateway-options.ts';
import { memoryLimitsForTests } from '../../src/edge/limits/memory-limits-for-tests.ts';
import { createSpeechGateway } from '../../src/edge/speech-gateway.ts';
import type { SpeechTokens } from '../../src/edge/access/speech-tokens.ts';

/** A key and a secret that can be searched for. */
export const apiKey = 'sk_test_key_that_nobody_may_see';
export const secret = 'a-secret-of-thirty-two-bytes-or-more!';
export const origin = 'https://app.example';
export const voice = 'kal16UsEnglishMale01';
export const text = 'The old mill stands by the river.';

type MintWish = Readonly<Record<string, unknown>>;

/** What went to the service. */
interface SentRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: unknown;
  readonly redirect: RequestInit['redirect'];
  readonly signal: AbortSignal | null | undefined;
}

/** A gateway before the local speech server, with what it sent and logged. */
export interface GatewayUnderTest {
  /** The requests that went to the service. */
  readonly sent: readonly SentRequest[];
  readonly logs: readonly GatewayLogEntry[];
  /** Asks the gateway, as a page of the allowed origin unless `headers` say otherwise. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** The reply to a request for a token; `user` is who the app sees. */
  mint(wish?: MintWish, user?: string): Promise<Response>;
  token(wish?: MintWish, user?: string): Promise<string>;
  /** Has `text` spoken, with a fresh token unless one is given. */
  speak(options?: SpeakOptions): Promise<Response>;
  /** Resolves when everything that the gateway keeps the runtime at work for is done. */
  settled(): Promise<void>;
}

interface SpeakOptions {
  readonly token?: string;
  readonly voice?: string;
  readonly call?: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

interface GatewayChanges extends Partial<SpeechGatewayOptions> {
  /** Added to the query of what goes to the service: its faults on request. */
  readonly faults?: string;
}

export function startGateway({ faults = '', ...changes }: GatewayChanges = {}): GatewayUnderTest {
  const sent: SentRequest[] = [];
  const logs: GatewayLogEntry[] = [];
  const work: Promise<unknown>[] = [];
  const reach: Fetch = changes.fetch ?? ((url, init) => fetch(url, init));
  const gateway = createSpeechGateway({
    apiKey,
    tokens: { keys: { first: secret } },
    authorize: ({ headers }) => {
      const subject = headers.get('x-user');
      return subject === null ? undefined : { subject };
    },
    origins: [origin],
    limits: memoryLimitsForTests(),
    serviceUrl: inject('speechServerUrl'),
    log: (entry) => void logs.push(entry),
    ...changes,
    fetch: (url, init) => {
      const address = new URL(url);
      sent.push({
        url: new URL(url),
        method: init.method ?? 'GET',
        headers: new Headers(init.headers),
        body: typeof init.body === 'string' ? JSON.parse(init.body) : init.body,
        redirect: init.redirect,
        signal: init.signal,
      });
      for (const [name, value] of new URLSearchParams(faults)) address.searchParams.set(name, value);
      return reach(address.href, init);
    },
  });

  const ask: GatewayUnderTest['ask'] = async (path, init = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has('origin')) headers.set('origin', origin);
    if (headers.get('origin') === 'none') headers.delete('origin');
    const request = new Request(`https://gateway.example${path}`, { ...init, headers });
    return gateway.fetch(request, {}, { waitUntil: (done) => void work.push(done) });
  };
  const mint: GatewayUnderTest['mint'] = (wish = {}, user = 'ada') =>
    ask('/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(user && { 'x-user': user }) },
      body: JSON.stringify(wish),
    });
  const token: GatewayUnderTest['token'] = async (wish, user) =>
    ((await (await mint(wish, user)).json()) as Awaited<ReturnType<SpeechTokens['mint']>>).token;

  return {
    sent,
    logs,
    ask,
    mint,
    token,
    speak: async ({ call = '/stream', query = 'output_format=pcm_8000', body = { text }, ...options } = {}) =>
      ask(`/v1/text-to-speech/${options.voice ?? voice}${call}${query && `?${query}`}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${options.token ?? (await token())}`,
          'content-type': 'application/json',
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        signal: options.signal ?? null,
      }),
    settled: async () => {
      while (work.length > 0) await Promise.allSettled(work.splice(0));
    },
  };
}

/** The `code` of a refusal. */
export async function refusalCode(reply: Response | Promise<Response>): Promise<string> {
  const body = (await (await reply).json()) as { readonly detail: { readonly code: string } };
  return body.detail.code;
}
