import type { IncomingMessage } from 'node:http';

/**
 * Whether a request names this server by a name that no stranger can hold. A site whose name was made to lead here would be
 * of the same origin as its own requests.
 */
export function isOwnHost({ headers: { host = '' } }: IncomingMessage): boolean {
  if (!URL.canParse(`http://${host}`)) return false;
  const { hostname } = new URL(`http://${host}`);
  return /^(?:(?:.+\.)?localhost|[\d.]+|\[[\da-f:.]+\])$/.test(hostname);
}

/** Whether a handshake comes from this server's own page; only a browser tells, so nothing else may. */
export function isOwnPage(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  return isOwnHost(request) && (origin === `http://${host}` || origin === `https://${host}`);
}
