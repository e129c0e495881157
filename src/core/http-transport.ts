import { abortable, onAbort } from './abortable.ts';
import { resolveBaseUrl, resolveHeaders, type Fetch, type SpeechClientOptions } from './client-options.ts';
import type { CredentialOptions, Credentials } from './credentials.ts';
import { errorFromResponse, longestErrorBodyTime } from './error-from-response.ts';
import { openReplyBody } from './reply-body.ts';
import { replyInfo, type Reply } from './reply.ts';
import { requestUrl, type Query } from './request-url.ts';
import { retryDelay } from './retry-delay.ts';
import type { SharedSettings } from './shared-settings.ts';
import { SpeechError } from './speech-error.ts';
import { startTimer, wait } from './wait.ts';

/** What every call takes. */
export interface CallOptions {
  /** Ends the call; what it rejects with is the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds until the reply's headers must be there, instead of the client's. */
  readonly timeout?: number | undefined;
  /** Sent with this request, besides the client's. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A request, before credentials and retries. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash; ids in it went through `pathSegment`. */
  readonly path: string;
  readonly query?: Query | undefined;
  /** Sent as JSON: `undefined` is dropped, `null` is kept. */
  readonly body?: object | undefined;
}

/** What calls are functions of: it sends requests, with credentials, timeouts and retries. */
export interface Transport {
  /** Whether speech calls must ask the service to keep nothing. */
  readonly zeroRetention: boolean;
  /** What sockets share with requests. */
  readonly shared: SharedSettings;
  /**
   * The reply, once its headers are there.
   *
   * @throws SpeechError when there is none, or when it tells of an error.
   */
  send(request: TransportRequest, options?: CallOptions): Promise<Reply>;
}

/** What a transport is told besides who asks. */
export type TransportOptions = Omit<SpeechClientOptions, keyof CredentialOptions> &
  Pick<CredentialOptions, 'singleUseToken' | 'tokenInQuery'>;

/** A transport over HTTP, whose caller proves who asks. */
export function createTransportWith(credentials: Credentials, options: TransportOptions): Transport {
  const { timeout = 30, idleTimeout = 30, retry = {}, zeroRetention = false } = options;
  const baseUrl = resolveBaseUrl(options.baseUrl);
  // Looked up at each call, not now, and called without a `this`, as `fetch` demands.
  const fetchReply: Fetch = options.fetch ?? ((url, init) => fetch(url, init));
  const headers = resolveHeaders(options.headers);
  const policy = retry || { attempts: 1 };
  checkNumbers({ timeout, idleTimeout, ...policy });

  async function send({ method, path, query, body }: TransportRequest, call: CallOptions = {}): Promise<Reply> {
    checkNumbers({ timeout: call.timeout });
    const url = requestUrl(baseUrl, path, query);
    const callHeaders = new Headers(headers);
    for (const [name, value] of resolveHeaders(call.headers)) callHeaders.set(name, value);
    if (body) callHeaders.set('content-type', 'application/json');
    // The key must not follow a redirect, which fetch would let it do. workerd does not know the mode 'error'.
    const init = {
      method,
      headers: callHeaders,
      redirect: 'manual',
      body: body ? JSON.stringify(body) : null,
    } as const;

    let renewed = false;
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await attempt(url, init, call);
      } catch (error) {
        call.signal?.throwIfAborted();
        if (!SpeechError.is(error)) throw error;
        const token = callHeaders.get('authorization');
        if (!renewed && token && credentials.refuse && error.status === 401 && error.code === 'unauthorized') {
          credentials.refuse(token);
          renewed = true;
          attempts -= 1;
          continue;
        }
        const delay = retryDelay(error, attempts, policy, Math.random());
        if (delay === undefined) throw error;
        await wait(delay, call.signal);
      }
    }
  }

  async function attempt(url: string, init: RequestInit & { headers: Headers }, call: CallOptions): Promise<Reply> {
    call.signal?.throwIfAborted();
    const controller = new AbortController();
    const { signal } = controller;
    let isSent = false;
    const stopTimer = startTimer(call.timeout ?? timeout, () => {
      if (!isSent) credentials.giveUp?.();
      const message = isSent
        ? 'No reply came: try again, or raise timeout.'
        : 'No token came: try again, or raise timeout.';
      controller.abort(new SpeechError('timeout', message));
    });
    const unfollow = onAbort(call.signal, (reason) => controller.abort(reason));
    let response: Response;
    try {
      const credential = await abortable(signal, credentials.header());
      if (credential) init.headers.set(...credential);
      isSent = true;
      response = await abortable(signal, fetchReply(url, { ...init, signal }));
    } catch (cause) {
      unfollow();
      if (signal.aborted) throw signal.reason;
      if (SpeechError.is(cause)) throw cause;
      throw new SpeechError('network', 'The service was not reached: check network and baseUrl.', { cause });
    } finally {
      stopTimer();
    }
    const info = replyInfo(response.headers);
    const body = openReplyBody(response, { idleTimeout, controller, release: unfollow, requestId: info.requestId });
    if (response.ok) return { ...info, body };
    throw await errorFromResponse(response, body, Math.min(idleTimeout, longestErrorBodyTime));
  }

  const shared = { options, baseUrl, credentials, headers, timeout, idleTimeout, retry: policy };
  return { zeroRetention, send, shared };
}

function checkNumbers(numbers: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value = 0] of Object.entries(numbers)) {
    if (!(value >= 0)) throw new TypeError(`${name} must be a number, 0 or more.`);
  }
}
