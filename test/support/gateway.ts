import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

/** What asked for a token, as the gateway saw it. */
interface TokenRequest {
  readonly method: string | undefined;
  readonly origin: string | undefined;
  readonly cookie: string | undefined;
  /** The header `x-user`. */
  readonly user: string | undefined;
  readonly body: string;
}

/** As much of a gateway as tokens need, in front of a speech server, for as long as the test that started it. */
export interface Gateway {
  readonly url: string;
  readonly tokenRequests: readonly TokenRequest[];
  /** The addresses of WebSockets, and what they offered. */
  readonly sockets: readonly { readonly url: string | undefined; readonly protocols: string | undefined }[];
  /** Refuses tokens with this status, or WebSockets with this close code. */
  refusal: { readonly token?: number; readonly socket?: readonly [code: number, reason: string] };
  /** Cuts the WebSockets that are open. */
  cut(): void;
  /** Refuses every token that it has given. */
  forget(): void;
}

const key = { 'xi-api-key': 'local' };

export async function startGateway(service: string): Promise<Gateway> {
  const tokenRequests: TokenRequest[] = [];
  const sockets: { url: string | undefined; protocols: string | undefined }[] = [];
  const good = new Set<string>();
  const unused = new Set<string>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, headers, url = '/' } = request;
    response.setHeader('access-control-allow-origin', headers.origin ?? 'null');
    response.setHeader('access-control-allow-credentials', 'true');
    response.setHeader('access-control-allow-headers', 'authorization, content-type');
    if (method === 'OPTIONS') return void response.writeHead(204).end();
    const body = Buffer.concat(await Readable.from(request).toArray()).toString();
    if (url === '/token') {
      const { origin, cookie, 'x-user': user } = headers;
      return giveToken({ method, origin, cookie, user: user?.toString(), body }, response);
    }
    if (!good.has(headers.authorization ?? '')) return refuse(response, 401, 'token_invalid');
    const sent = { ...key, 'content-type': 'application/json' };
    const reply = await fetch(service + url, { method: 'POST', headers: sent, body });
    response.writeHead(reply.status, { 'content-type': 'application/x-ndjson' });
    if (reply.body) Readable.fromWeb(reply.body as never).pipe(response);
  }

  function giveToken(request: TokenRequest, response: ServerResponse): void {
    const token = `header.payload.signature${tokenRequests.push(request)}`;
    if (gateway.refusal.token !== undefined) return refuse(response, gateway.refusal.token, 'not_granted');
    if (request.body.includes('singleUse')) unused.add(token);
    else good.add(`Bearer ${token}`);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ token, expiresAt: Date.now() + 300_000 }));
  }

  const relay = new WebSocketServer({ noServer: true, handleProtocols: () => 'saylight.v1' });
  relay.on('connection', (page: WebSocket, { url = '/', headers }: IncomingMessage) => {
    const protocols = headers['sec-websocket-protocol'];
    sockets.push({ url, protocols });
    const { refusal } = gateway;
    if (refusal.socket) return page.close(...refusal.socket);
    if (!unused.delete(/^saylight\.v1, ?saylight\.token\.(.+)$/.exec(protocols ?? '')?.[1] ?? '')) {
      return page.close(4401, 'token_used');
    }
    const upstream = new WebSocket(service.replace(/^http/, 'ws') + url, { headers: key });
    const opened = once(upstream, 'open');
    page.on('message', (data: Buffer) => void opened.then(() => upstream.send(data.toString())));
    upstream.on('message', (data: Buffer) => page.send(data.toString()));
    page.on('close', () => upstream.terminate());
    upstream.on('close', () => page.close(1000));
    upstream.on('error', () => page.terminate());
  });

  const server = createServer((request, response) => void answer(request, response));
  server.on('upgrade', (request, socket, head) => {
    relay.handleUpgrade(request, socket, head, (page) => relay.emit('connection', page, request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const client of relay.clients) client.terminate();
  };
  onTestFinished(() => {
    cut();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const forget = (): void => {
    good.clear();
    unused.clear();
  };
  const gateway: Gateway = { url, tokenRequests, sockets, refusal: {}, cut, forget };
  return gateway;
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ detail: { code, message: 'No.' } }));
}
