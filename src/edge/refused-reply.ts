import { offeredProtocol } from './access/token-of-request.ts';
import type { GatewayCall, GatewayReply } from './gateway-call.ts';
import { Refusal } from './refusal.ts';
import { refuseSocket } from './sockets/refuse-socket.ts';

/** What a request is answered that failed, for whatever reason. */
export function refusedReply(call: GatewayCall, error: unknown, origin: string | undefined): GatewayReply {
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
  record.cause = refusal.cause instanceof Error ? refusal.cause.name : undefined;
  const protocol = offeredProtocol(request);
  const isPage = origin !== undefined && protocol !== undefined && request.headers.get('upgrade') !== null;
  const response = isPage ? refuseSocket(refusal, protocol, settings.service.sockets, request) : refusal.toResponse();
  return { response };
}
