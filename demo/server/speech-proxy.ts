import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isOwnHost } from './same-origin.ts';

/** The calls that the page makes; everything else stays closed. */
const routes: readonly { readonly method: string; readonly path: RegExp }[] = [
  { method: 'GET', path: /^\/v1\/models$/ },
  { method: 'GET', path: /^\/v2\/voices$/ },
  { method: 'POST', path: /^\/v1\/text-to-speech\/[A-Za-z0-9]{1,64}\/stream\/with-timestamps$/ },
];

const repliedHeaders = ['content-type', 'request-id', 'character-cost', 'retry-after'];
const maxBodyBytes = 100_000;

/** Where speech comes from. The key stays here: the page never sees it. */
export interface SpeechUpstream {
  readonly url: string;
  readonly apiKey: string;
}

/** Answers a request that is for the speech service and tells whether it was one. */
export async function proxySpeech(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: SpeechUpstream,
): Promise<boolean> {
  const address = `http://page${request.url ?? '/'}`;
  if (!URL.canParse(address)) return refuse(response, 400, 'This is no address.');
  const url = new URL(address);
  if (!/^\/v\d\//.test(url.pathname)) return false;
  const isOpen = routes.some(({ method, path }) => method === request.method && path.test(url.pathname));
  if (!isOpen) return refuse(response, 404, 'This call is not open to the page.');
  // Another site's page must not speak at this server's cost.
  const site = request.headers['sec-fetch-site'] ?? 'same-origin';
  if (site !== 'same-origin' || !isOwnHost(request)) {
    return refuse(response, 403, 'Only this page may speak.');
  }
  const left = new AbortController();
  response.on('close', () => left.abort());
  try {
    const body = await readBody(request);
    if (body === undefined) return refuse(response, 413, `A request may hold ${maxBodyBytes} bytes at most.`);
    const reply = await fetch(upstream.url + url.pathname + url.search, {
      method: request.method ?? 'GET',
      headers: { 'xi-api-key': upstream.apiKey, 'content-type': 'application/json' },
      redirect: 'error',
      signal: left.signal,
      ...(body.length > 0 && { body }),
    });
    for (const name of repliedHeaders) {
      const value = reply.headers.get(name);
      if (value !== null) response.setHeader(name, value);
    }
    response.writeHead(reply.status, { 'cache-control': 'no-store' });
    if (reply.body === null) response.end();
    else await pipeline(Readable.fromWeb(reply.body), response);
  } catch {
    if (!response.headersSent) refuse(response, 502, 'The speech service could not be reached.');
    else response.destroy();
  }
  return true;
}

async function readBody(request: IncomingMessage): Promise<Buffer<ArrayBuffer> | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBodyBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function refuse(response: ServerResponse, status: number, message: string): true {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ detail: { code: 'refused', message } }));
  return true;
}
