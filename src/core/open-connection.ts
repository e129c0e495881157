import { abortable, onAbort } from './abortable.ts';
import type { SingleUseTokenSource } from './credentials.ts';
import { gatewayProtocol, tokenProtocolPrefix } from './gateway-protocol.ts';
import { socketOpener } from './open-socket.ts';
import type { MessageFields } from './outgoing-text.ts';
import { requestUrl, type Query } from './request-url.ts';
import type { SharedSettings } from './shared-settings.ts';
import { SpeechError } from './speech-error.ts';
import type { SpeechSocket } from './speech-socket.ts';
import { startTimer } from './wait.ts';

/** Where a connection goes. */
export interface ConnectionTarget {
  /** Begins with a slash; ids in it went through `pathSegment`. */
  readonly path: string;
  readonly query: Query;
  /** The field of the first message that may hold the API key. */
  readonly keyField: string;
  /** Seconds until it must be open. */
  readonly timeout: number;
}

/** An open connection. */
export interface OpenConnection {
  readonly socket: SpeechSocket;
  /** For the first message: the credentials, where the address and the headers hold none. */
  readonly credentials: MessageFields;
}

/** What the last connection was opened with: the token, or the value of the header, that proves who asks. */
export interface ConnectionProof {
  value: string | undefined;
}

/**
 * Opens a socket to the service with the client's credentials.
 *
 * @throws SpeechError when it can't be opened, and the signal's reason once it aborts
 */
export async function openConnection(
  settings: SharedSettings,
  { path, query, keyField, timeout }: ConnectionTarget,
  signal: AbortSignal,
  proof: ConnectionProof,
): Promise<OpenConnection> {
  proof.value = undefined;
  signal.throwIfAborted();
  const opener = socketOpener(settings.options);
  const controller = new AbortController();
  const unfollow = onAbort(signal, (reason) => controller.abort(reason));
  let isAsking = true;
  const stopTimer = startTimer(timeout, () => {
    if (isAsking) settings.credentials.giveUp?.();
    controller.abort(new SpeechError('timeout', 'The connection did not open: try again, or raise timeout.'));
  });
  try {
    const headers = new Headers(settings.headers);
    const fields: Record<string, string> = {};
    const inQuery: Record<string, string> = {};
    const protocols: string[] = [];
    const { singleUseToken, tokenInQuery } = settings.options;
    const { credentials } = settings;
    if (singleUseToken !== undefined) {
      inQuery['single_use_token'] = await abortable(controller.signal, askSingleUseToken(singleUseToken));
    } else if (credentials.forSocket) {
      proof.value = await credentials.forSocket(controller.signal);
      protocols.push(gatewayProtocol, tokenProtocolPrefix + proof.value);
      // What proves to the token's address who asks is nothing for the gateway's sockets.
      headers.delete('authorization');
    } else {
      const [name, value] = (await abortable(controller.signal, credentials.header())) ?? [];
      proof.value = value;
      if (name && value && opener.takesHeaders) headers.set(name, value);
      else if (name === 'authorization' && value && tokenInQuery) inQuery['authorization'] = value;
      else if (name && value) fields[name === 'authorization' ? name : keyField] = value;
    }
    isAsking = false;
    const url = requestUrl(settings.baseUrl, path, { ...query, ...inQuery });
    const socket = opener.open({ url, headers, protocols, signal: controller.signal });
    // The socket follows the signal until it is closed.
    void socket.closed.then(unfollow);
    await socket.opened;
    return { socket, credentials: fields };
  } catch (error) {
    unfollow();
    throw isModelRefused(error, query) ? modelRefused(error) : error;
  } finally {
    stopTimer();
  }
}

async function askSingleUseToken(source: SingleUseTokenSource): Promise<string> {
  if (typeof source === 'string') return source;
  let token: unknown;
  try {
    token = await source();
  } catch (cause) {
    throw new SpeechError('unauthorized', 'The singleUseToken function failed: see cause.', { cause });
  }
  if (typeof token === 'string' && token !== '') return token;
  throw new SpeechError('unauthorized', 'The singleUseToken function gave no token: check it.');
}

function isModelRefused(error: unknown, query: Query): error is SpeechError {
  return SpeechError.is(error) && error.status === 403 && query['model_id'] === 'eleven_v3';
}

/** Without it the refusal looks like one of the account. */
function modelRefused({ code, ...known }: SpeechError): SpeechError {
  return new SpeechError(
    code,
    'eleven_v3 is not served over this socket: choose another model_id, or call stream.',
    known,
  );
}
