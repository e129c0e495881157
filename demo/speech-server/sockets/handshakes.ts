import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SingleUseTokens } from '../routes/single-use-tokens.ts';
import type { Synthesizer } from '../speech/synthesizer.ts';
import type { Faults } from '../wire/faults.ts';
import { FaultCounter, parseFaults } from '../wire/faults.ts';
import { ServiceError, serviceErrors } from '../wire/service-error.ts';
import { statusError } from '../wire/status-error.ts';
import { wait } from '../wire/wait.ts';
import { handshakeCredentials } from './socket-credentials.ts';
import type { SocketRequest } from './socket-request.ts';
import { parseSocketRequest } from './socket-request.ts';

/** A request for a WebSocket that may be granted. */
export interface Handshake {
  readonly call: 'stream-input' | 'multi-stream-input';
  readonly request: SocketRequest;
  readonly faults: Faults;
  /** If not, the first message has to carry credentials. */
  readonly isAuthenticated: boolean;
}

/** What the WebSockets work with. */
export interface SpeechSocketsOptions {
  readonly synthesizer: Synthesizer;
  /** Beyond so many speeches at once a handshake is refused, and a generation ends its connection. */
  readonly maximumSpeeches: number;
  readonly tokens: SingleUseTokens;
}

/** Thrown for the status 500 that was asked for, whose body is broken. */
export class BrokenRefusal extends Error {
  override readonly name = 'BrokenRefusal';
  readonly headers: Readonly<Record<string, string>>;

  constructor(retryAfter: number | undefined) {
    super('The request asked to be answered with 500.');
    this.headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  }
}

/** Checks requests for WebSockets, in the order in which an HTTP call is checked. */
export class Handshakes {
  readonly #options: SpeechSocketsOptions;
  readonly #counter = new FaultCounter();

  constructor(options: SpeechSocketsOptions) {
    this.#options = options;
  }

  /** Throws what the handshake is to be refused with. */
  async check(message: IncomingMessage, connection: Duplex): Promise<Handshake> {
    const { synthesizer, maximumSpeeches, tokens } = this.#options;
    const { call, voiceId, query } = parseTarget(message);
    const faults = this.#counter.limit(parseFaults(query, faultHeaders(message)));
    await refuseOnRequest(faults, connection);
    const isAuthenticated = handshakeCredentials(message.headers, query, tokens);
    if (synthesizer.openSpeeches >= maximumSpeeches) throw serviceErrors.tooManyRequests();
    return { call, request: parseSocketRequest(voiceId, query), faults, isAuthenticated };
  }
}

function parseTarget(message: IncomingMessage): {
  readonly call: Handshake['call'];
  readonly voiceId: string;
  readonly query: URLSearchParams;
} {
  const [path = '', ...query] = (message.url ?? '').split('?');
  const match = /^\/v1\/text-to-speech\/([^/]+)\/(stream-input|multi-stream-input)$/.exec(path);
  const [, voiceId, call] = match ?? [];
  if (voiceId === undefined || message.headers.upgrade?.toLowerCase() !== 'websocket') throw noSuchSocket();
  return {
    call: call === 'stream-input' ? call : 'multi-stream-input',
    voiceId,
    query: new URLSearchParams(query.join('?')),
  };
}

async function refuseOnRequest(faults: Faults, connection: Duplex): Promise<void> {
  if (faults.delay) {
    const closed = new AbortController();
    const abort = (): void => closed.abort();
    connection.once('close', abort);
    await wait(faults.delay, closed.signal);
    connection.off('close', abort);
  }
  if (faults.status === 500) throw new BrokenRefusal(faults.retry_after);
  if (faults.status) throw statusError(faults.status, faults.retry_after);
  if (faults.quota) throw serviceErrors.quotaExceeded();
}

function faultHeaders(message: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (name.startsWith('x-fault-')) headers.set(name, String(value));
  }
  return headers;
}

function noSuchSocket(): ServiceError {
  return new ServiceError(404, {
    type: 'not_found',
    code: 'not_found',
    message: 'There is no WebSocket here: it is /v1/text-to-speech/:voice_id/stream-input, or multi-stream-input.',
  });
}
