import type { CallOptions, Transport } from './http-transport.ts';
import { pathSegment } from './path-segment.ts';
import { readJson } from './reply.ts';
import type { Query } from './request-url.ts';
import { unexpectedReply } from './unexpected-reply.ts';
import type { Voice } from './voice.ts';

/** Which voices to look for, in the service's own names. */
export interface VoiceQuery {
  /** How many voices a page holds: 1 to 100, default 10. */
  readonly page_size?: number | undefined;
  /** In name, description, labels and category. */
  readonly search?: string | undefined;
  readonly sort?: 'created_at_unix' | 'name' | undefined;
  readonly sort_direction?: 'asc' | 'desc' | undefined;
  readonly voice_type?: VoiceType | undefined;
  readonly category?: 'premade' | 'cloned' | 'generated' | 'professional' | undefined;
  readonly fine_tuning_state?: string | undefined;
  readonly collection_id?: string | undefined;
  readonly gender?: string | undefined;
  readonly age?: string | undefined;
  readonly language?: readonly string[] | undefined;
  readonly accent?: string | undefined;
  readonly use_cases?: readonly string[] | undefined;
  readonly min_notice_period_days?: number | undefined;
  readonly include_custom_rates?: boolean | undefined;
  readonly include_live_moderated?: boolean | undefined;
  readonly high_quality?: boolean | undefined;
  readonly include_total_count?: boolean | undefined;
  /** At most 100. */
  readonly voice_ids?: readonly string[] | undefined;
}

/** Where a voice comes from. */
export type VoiceType = 'personal' | 'community' | 'default' | 'workspace' | 'non-default' | 'non-community' | 'saved';

/** Some of the voices that were found, in the service's own names. */
export interface VoicesPage {
  readonly voices: readonly Voice[];
  readonly has_more: boolean;
  readonly total_count?: number | null;
  readonly next_page_token?: string | null;
}

/** The voices that a search finds: iterated one by one, or page by page. Each iteration asks anew. */
export interface VoiceSearch extends AsyncIterable<Voice> {
  /** One page: the first, or the one that a `next_page_token` names. */
  page(token?: string): Promise<VoicesPage>;
  /** All pages, each asked for when the iteration comes to it. */
  pages(): AsyncIterable<VoicesPage>;
}

/** The voices that match; nothing is asked until they are iterated. */
export function searchVoices(transport: Transport, query: VoiceQuery = {}, options?: CallOptions): VoiceSearch {
  async function page(token?: string): Promise<VoicesPage> {
    const fields: Query = { ...query, next_page_token: token };
    const reply = await transport.send({ method: 'GET', path: '/v2/voices', query: fields }, options);
    return readJson<VoicesPage>(reply, ({ voices }) => Array.isArray(voices));
  }

  async function* pages(): AsyncGenerator<VoicesPage, void, undefined> {
    const tokens = new Set<string>();
    for (let token: string | undefined; ;) {
      const found = await page(token);
      yield found;
      if (!found.has_more) return;
      if (!found.next_page_token || tokens.has(found.next_page_token)) {
        throw unexpectedReply('The service does not name the next page');
      }
      token = found.next_page_token;
      tokens.add(token);
    }
  }

  async function* each(): AsyncGenerator<Voice, void, undefined> {
    for await (const found of pages()) yield* found.voices;
  }

  return { page, pages, [Symbol.asyncIterator]: each };
}

/** What `voices.get` takes besides the id. */
export interface GetVoiceOptions extends CallOptions {
  /** Whether the voice's settings come along. */
  readonly withSettings?: boolean | undefined;
}

/** One voice. */
export async function getVoice(transport: Transport, voiceId: string, options: GetVoiceOptions = {}): Promise<Voice> {
  const path = `/v1/voices/${pathSegment('voiceId', voiceId)}`;
  const reply = await transport.send({ method: 'GET', path, query: { with_settings: options.withSettings } }, options);
  return readJson<Voice>(reply, ({ voice_id }) => typeof voice_id === 'string');
}
