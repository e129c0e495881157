import type { SpeechCache } from './speech-cache.ts';

/** Entries at most; the oldest one gives way. */
const mostEntries = 100;
/** Bytes of one entry at most; a longer one is not kept. */
const longestEntry = 262_144;

/** Keeps small replies in this isolate: lists of models and voices, which are the same for all. It limits nothing. */
export function memoryCache(now: () => number = Date.now): SpeechCache {
  const entries = new Map<string, { readonly body: ArrayBuffer; readonly headers: Headers; readonly until: number }>();
  return {
    async match(key) {
      const entry = entries.get(key);
      if (!entry || entry.until <= now()) return undefined;
      return new Response(entry.body.slice(0), { headers: entry.headers });
    },
    async put(key, response) {
      const seconds = Number(/max-age=(\d+)/.exec(response.headers.get('cache-control') ?? '')?.[1] ?? 0);
      const body = await response.arrayBuffer();
      entries.delete(key);
      if (body.byteLength > longestEntry) return;
      entries.set(key, { body, headers: new Headers(response.headers), until: now() + seconds * 1000 });
      const oldest = entries.keys().next().value;
      if (entries.size > mostEntries && oldest !== undefined) entries.delete(oldest);
    },
  };
}
