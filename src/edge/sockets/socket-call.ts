import { checkGrants } from '../access/check-grants.ts';
import type { SpeechGrants } from '../access/speech-grants.ts';
import type { GatewayReply, VerifiedCall } from '../gateway-call.ts';
import { serviceAddress } from '../http/ask-service.ts';
import { admit } from '../limits/admit.ts';
import { Refusal } from '../refusal.ts';
import { allowedQuery } from '../request/allowed-query.ts';
import type { SpeechRoute } from '../request/speech-route.ts';
import { passSocket } from './pass-socket.ts';
import type { SocketCounting } from './socket-counting.ts';

type SocketRoute = Extract<SpeechRoute, { kind: 'socket' }>;

/** Passes a WebSocket on: as it is where nothing is to be counted, else message by message. */
export async function socketCall(
  call: VerifiedCall,
  route: SocketRoute,
  protocol: string | undefined,
): Promise<GatewayReply> {
  const { request, url, settings, token, grants, record, waitUntil } = call;
  if (!token.isSingleUse) {
    throw new Refusal('not_granted', 'A WebSocket needs a single-use token: ask for one with singleUse.');
  }
  const query = allowedQuery(route, url.searchParams);
  if (settings.zeroRetention) query.set('enable_logging', 'false');
  const { operation, voiceId, path } = route;
  const modelId = query.get('model_id') ?? undefined;
  checkGrants(grants, { operation, voiceId, modelId, format: query.get('output_format') ?? undefined });
  const { service } = settings;
  const target = { url: serviceAddress(service, { path, query }), headers: service.headers() };
  const lease = await admit(call, 0);
  // From here on everything ends by settling it.
  const counting = countingOf(grants, settings.idleTimeout, lease.reserve);
  let end!: (outcome: 'ended') => void;
  const ended = new Promise<'ended'>((resolve) => (end = resolve));
  const response = await passSocket({
    ...target,
    call: operation,
    protocol,
    request,
    openTimeout: service.timeout,
    runtime: service.sockets,
    counting,
    onEnd: ({ characters, bytes }) => {
      record.characters = characters;
      record.bytes = bytes;
      waitUntil(lease.settle(characters));
      end('ended');
    },
    onFailure: (failure) => void (record.upstream = failure),
  });
  if (counting) return { response, ended };
  // Nothing tells of the end of one that is passed on natively, and nothing of it is counted.
  waitUntil(lease.settle(0));
  return { response };
}

function countingOf(
  { charactersPerRequest, sessionSeconds, concurrency }: SpeechGrants,
  idleSeconds: number,
  reserve: SocketCounting['reserve'],
): SocketCounting | undefined {
  const counted = reserve ?? charactersPerRequest ?? sessionSeconds ?? concurrency;
  return counted === undefined ? undefined : { charactersPerRequest, sessionSeconds, idleSeconds, reserve };
}
