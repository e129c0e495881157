import { readWhole } from './read-whole.ts';
import type { SpeechCache } from './speech-cache.ts';

/** The part of a cache of the Cache API that {@link cacheApi} uses. */
export interface ReplyStore {
  match(url: string): Promise<Response | undefined>;
  put(url: string, response: Response): Promise<void>;
}

/** What may be kept. */
export interface CacheApiOptions {
  /** Bytes of a reply at most, which are held in memory until it is whole; a longer one is not kept. Default 8 MiB. */
  readonly maxBytes?: number | undefined;
}

/**
 * A cache of replies in the Cache API; keys are SHA-256 in hex.
 *
 * @param cache `caches.default`, or one that was opened.
 * @throws `put` rejects with what the body broke off with, or with a RangeError when it is too long.
 */
export function cacheApi(cache: ReplyStore, { maxBytes = 8 * 1024 * 1024 }: CacheApiOptions = {}): SpeechCache {
  return {
    match: async (key) => cache.match(urlOf(key)),
    async put(key, response) {
      const url = urlOf(key);
      // workerd keeps what there was of a stream that fails in JavaScript, and is silent about a connection that breaks.
      const body = await readWhole(response, maxBytes);
      await cache.put(url, new Response(body, response));
    },
  };
}

/** A host that can't exist: an entry is never what some URL would answer. */
function urlOf(key: string): string {
  if (!/^[0-9a-f]{64}$/.test(key)) throw new TypeError('A key of the cache is a SHA-256 in hex.');
  return `https://speech.saylight.invalid/${key}`;
}
