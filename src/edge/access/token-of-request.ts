import { gatewayProtocol, tokenProtocolPrefix } from '../../core/gateway-protocol.ts';
import { Refusal } from '../refusal.ts';

/** The subprotocol to echo; `undefined` where the page did not offer it. */
export function offeredProtocol(request: Request): string | undefined {
  return offeredProtocols(request).includes(gatewayProtocol) ? gatewayProtocol : undefined;
}

/**
 * The token of a request: out of its Authorization header, or out of the subprotocols of a WebSocket, since a page's can't
 * have headers. Never out of the address, which servers log.
 *
 * @throws Refusal `token_missing` where there is none
 */
export function tokenOfRequest(request: Request): string {
  const [, bearer] = /^Bearer ([\w.-]+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  if (bearer !== undefined) return bearer;
  const offered = offeredProtocols(request).find((protocol) => protocol.startsWith(tokenProtocolPrefix));
  if (offered !== undefined) return offered.slice(tokenProtocolPrefix.length);
  throw new Refusal('token_missing', 'Send a token: as Authorization: Bearer, or as a subprotocol of the WebSocket.');
}

function offeredProtocols({ headers }: Request): readonly string[] {
  return (headers.get('sec-websocket-protocol') ?? '').split(',').map((protocol) => protocol.trim());
}
