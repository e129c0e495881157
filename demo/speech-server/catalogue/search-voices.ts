import type { Voice } from './voices.ts';

/** What `GET /v2/voices` may be asked; every filter that is left out lets every voice through. */
export interface VoiceQuery {
  readonly search: string | undefined;
  readonly sort: 'created_at_unix' | 'name' | undefined;
  readonly sortDirection: 'asc' | 'desc' | undefined;
  readonly category: string | undefined;
  readonly voiceType: string | undefined;
  readonly gender: string | undefined;
  readonly age: string | undefined;
  readonly accent: string | undefined;
  readonly languages: readonly string[];
  readonly voiceIds: readonly string[];
}

/** Voice types that premade voices belong to. */
const matchingTypes = new Set(['default', 'non-community', 'saved']);

/** The voices that the query asks for, in its order: newest first unless it says otherwise. */
export function searchVoices(voices: readonly Voice[], query: VoiceQuery): Voice[] {
  const found = voices.filter((voice) => matches(voice, query));
  const sign = (query.sortDirection ?? 'desc') === 'asc' ? 1 : -1;
  return found.sort((first, second) =>
    query.sort === 'name'
      ? sign * first.name.localeCompare(second.name, 'en')
      : sign * (first.created_at_unix - second.created_at_unix),
  );
}

function matches(voice: Voice, query: VoiceQuery): boolean {
  const { labels } = voice;
  const words = [voice.name, voice.description, voice.category, ...Object.values(labels)].join(' ').toLowerCase();
  return (
    words.includes((query.search ?? '').toLowerCase()) &&
    isOneOf(voice.category, query.category) &&
    isOneOf(labels['gender'], query.gender) &&
    isOneOf(labels['age'], query.age) &&
    isOneOf(labels['accent'], query.accent) &&
    (query.voiceType === undefined || matchingTypes.has(query.voiceType)) &&
    (query.languages.length === 0 || query.languages.includes(labels['language'] ?? '')) &&
    (query.voiceIds.length === 0 || query.voiceIds.includes(voice.voice_id))
  );
}

function isOneOf(value: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || value === wanted;
}
