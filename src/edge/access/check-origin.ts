import { Refusal } from '../refusal.ts';

/** What a page may read of a reply besides its body. */
const exposedHeaders = 'request-id, character-cost, retry-after';
/** Seconds for which a browser need not ask again whether it may ask. */
const preflightAge = 7200;

/**
 * The origin of the page that asks; `undefined` for what is no page. CORS does not cover WebSockets, and a simple request has
 * its effect before a browser looks at the reply: so it is checked here, for every request.
 *
 * @throws Refusal `origin_refused` for a page that may not ask
 */
export function checkOrigin(request: Request, url: URL, origins: ReadonlySet<string> | undefined): string | undefined {
  const origin = request.headers.get('origin');
  if (origin === null) {
    // A browser tells where a request comes from even where it leaves the origin out.
    const site = request.headers.get('sec-fetch-site');
    if (site === null || site === 'same-origin' || site === 'none') return undefined;
  } else if (origins ? origins.has(origin) : origin === url.origin) {
    return origin;
  }
  throw new Refusal('origin_refused', 'Pages of this origin may not ask: add it to the gateway’s origins.');
}

/** Lets a page of `origin` read the reply, and marks the reply as one for nobody else. */
export function addReplyHeaders(headers: Headers, origin: string | undefined): void {
  headers.set('vary', 'Origin');
  headers.set('x-content-type-options', 'nosniff');
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store, no-transform');
  if (origin === undefined) return;
  headers.set('access-control-allow-origin', origin);
  // For the app's session cookie, where a token is asked for.
  headers.set('access-control-allow-credentials', 'true');
  headers.set('access-control-expose-headers', exposedHeaders);
}

/** What a page is told before it asks: it may send the headers that it names, of which none goes to the service. */
export function preflightReply({ headers }: Request): Response {
  const asked = headers.get('access-control-request-headers') ?? '';
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': /^[\w-]+(?:, ?[\w-]+)*$/.test(asked) ? asked : 'authorization, content-type',
      'access-control-max-age': String(preflightAge),
    },
  });
}
