import { onAbort } from '../../core/abortable.ts';
import type { Deadline } from '../deadline.ts';
import type { UpstreamFailure } from '../gateway-log.ts';
import type { ServiceSettings } from '../gateway-settings.ts';
import {
  upstreamError,
  upstreamFailure,
  upstreamRefusal,
  upstreamTimeout,
  upstreamUnreachable,
} from './upstream-refusal.ts';

/** What goes to the service. */
export interface ServiceRequest {
  readonly method: 'GET' | 'POST';
  /** Out of the route table. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** JSON. */
  readonly body?: string | undefined;
}

/** Ends a request to the service, while it is on its way and while its reply comes. */
export interface ServiceCall {
  readonly controller: AbortController;
  readonly deadline: Deadline;
  /** The caller's own signal. */
  readonly signal: AbortSignal | undefined;
  /** Is told what the service said of an error. */
  readonly onFailure: (failure: UpstreamFailure) => void;
}

/**
 * The address of a call at the service.
 *
 * @throws Error when the path would leave its place, which no route lets it do
 */
export function serviceAddress(
  { url }: ServiceSettings,
  { path, query }: Pick<ServiceRequest, 'path' | 'query'>,
): string {
  const search = query.toString();
  const address = search === '' ? url + path : `${url}${path}?${search}`;
  // What a parser would change of it would lead elsewhere.
  if (new URL(address).href !== address) throw new Error('A path leaves its place.');
  return address;
}

/**
 * The service's reply, once it has begun and is a good one.
 *
 * @throws Refusal for anything else, and the signal's reason once the caller has left
 */
export async function askService(
  service: ServiceSettings,
  request: ServiceRequest,
  { controller, deadline, signal, onFailure }: ServiceCall,
): Promise<Response> {
  const address = serviceAddress(service, request);
  const headers = service.headers();
  if (request.body !== undefined) headers.set('content-type', 'application/json');
  const unfollow = onAbort(signal, (reason) => controller.abort(reason));
  deadline.set(service.timeout, () => controller.abort(upstreamTimeout()));
  let response: Response;
  try {
    response = await service.fetch(address, {
      method: request.method,
      headers,
      // The key would follow a redirect.
      redirect: 'manual',
      signal: controller.signal,
      body: request.body ?? null,
    });
  } catch (cause) {
    controller.signal.throwIfAborted();
    throw upstreamUnreachable(cause);
  } finally {
    unfollow();
  }
  if (response.ok) return response;
  const error = await upstreamError(response, controller);
  onFailure(upstreamFailure(error));
  throw upstreamRefusal(error);
}
