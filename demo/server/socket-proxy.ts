import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { relaySockets } from './relay-sockets.ts';
import { isOwnPage } from './same-origin.ts';
import type { SpeechUpstream } from './speech-proxy.ts';

/** The sockets that the page opens; everything else stays closed. */
const route = /^\/v1\/text-to-speech\/[A-Za-z0-9]{1,64}\/(?:multi-)?stream-input$/;

/** What the page may ask for: how to speak, not on whose account. */
const openParameters: ReadonlySet<string> = new Set([
  'apply_text_normalization',
  'auto_mode',
  'enable_logging',
  'enable_ssml_parsing',
  'inactivity_timeout',
  'language_code',
  'model_id',
  'output_format',
  'seed',
  'sync_alignment',
]);

/** In bytes. What the page sends is text; what it gets is audio. */
const longestFromPage = 100_000;
const longestFromService = 16_000_000;
/** In milliseconds. */
const handshakeTimeout = 10_000;

/** Passes WebSockets for speech on. */
export interface SocketProxy {
  /** Answers a handshake that is for the speech service; leaves others alone. */
  upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void;
  /** Ends every socket. */
  close(): void;
}

/** Passes the page's WebSockets on to `upstream`, with the key that the page doesn't have. */
export function createSocketProxy(upstream: SpeechUpstream): SocketProxy {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: longestFromPage, perMessageDeflate: false });
  const services = new Set<WebSocket>();

  function open(url: URL, request: IncomingMessage, connection: Duplex, head: Buffer): void {
    const service = new WebSocket(upstream.url.replace(/^http/, 'ws') + url.pathname + url.search, {
      headers: { 'xi-api-key': upstream.apiKey },
      maxPayload: longestFromService,
      perMessageDeflate: false,
      handshakeTimeout,
    });
    services.add(service);
    const refuseFailed = (): void => refuse(connection, 502, 'The speech service could not be reached.');
    const leave = (): void => service.terminate();
    connection.once('close', leave);
    // The page is let in once the service has let us in, so that it learns of a refusal and nothing waits in between.
    service.once('open', () => {
      sockets.handleUpgrade(request, connection, head, (page) => {
        connection.off('close', leave);
        relaySockets(page, service);
        service.off('error', refuseFailed);
      });
    });
    service.once('unexpected-response', (_, { statusCode = 502 }) => {
      refuse(connection, statusCode < 400 ? 502 : statusCode, 'The speech service refused this socket.');
      service.terminate();
    });
    service.on('error', refuseFailed);
    service.once('close', () => services.delete(service));
  }

  return {
    upgrade(request, connection, head) {
      const address = `http://page${request.url ?? '/'}`;
      if (!URL.canParse(address)) return;
      const url = new URL(address);
      if (!/^\/v\d\//.test(url.pathname)) return;
      // A connection that breaks is told by its close too.
      connection.on('error', () => {});
      if (!route.test(url.pathname)) return refuse(connection, 404, 'This call is not open to the page.');
      if (!isOwnPage(request)) return refuse(connection, 403, 'Only this page may speak.');
      const closed = [...url.searchParams.keys()].find((name) => !openParameters.has(name));
      if (closed !== undefined) return refuse(connection, 400, 'This parameter is not open to the page.');
      open(url, request, connection, head);
    },
    close() {
      for (const socket of [...sockets.clients, ...services]) socket.terminate();
    },
  };
}

function refuse(connection: Duplex, status: number, message: string): void {
  if (connection.writableEnded || connection.destroyed) return;
  const body = JSON.stringify({ detail: { code: 'refused', message } });
  const fields = ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`, 'connection: close'];
  connection.end([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...fields, '', body].join('\r\n'));
}
