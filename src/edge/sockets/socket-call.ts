import { admit } from '../limits/admit.ts';
import { allowedQuery } from '../request/allowed-query.ts';
import { serviceAddress } from '../http/ask-service.ts';
import { checkGrants } from '../access/check-grants.ts';
import type { AdmittedCall, GatewayReply } from '../gateway-call.ts';
import { passSocket, type SocketCounting } from './pass-socket.ts';
import { Refusal } from '../refusal.ts';
import type { SpeechGrants } from '../access/speech-grants.ts';
import type { SpeechRoute } from '../request/speech-route.ts';

type SocketRoute = Extract<SpeechRoute, { kind: 'socket' }>;

/** Passes a WebSocket on: as it is where nothing is to be counted, else message by message. */
export async function socketCall(
  call: AdmittedCall,
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
  const lease = await admit(call, 0);
  const counting = countingOf(grants, settings.idleTimeout, lease?.reserve);
  const { service } = settings;
  let end!: (outcome: 'ended') => void;
  const ended = new Promise<'ended'>((resolve) => (end = resolve));
  const response = await passSocket({
    url: serviceAddress(service, { path, query }),
    headers: service.headers(),
    call: operation,
    protocol,
    request,
    openTimeout: service.timeout,
    runtime: service.sockets,
    counting,
    onEnd: ({ characters, bytes }) => {
      record.characters = characters;
      record.bytes = bytes;
      waitUntil(lease?.settle(characters) ?? Promise.resolve());
      end('ended');
    },
  });
  if (counting) return { response, ended };
  // Nothing tells of the end of one that is passed on natively, and nothing of it is counted.
  waitUntil(lease?.settle(0) ?? Promise.resolve());
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
