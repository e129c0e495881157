import type { Hono } from 'hono';
import { searchVoices } from '../catalogue/search-voices.ts';
import { findVoice, voices } from '../catalogue/voices.ts';
import { ServiceError, serviceErrors } from '../wire/service-error.ts';
import { FieldChecks, queryValue } from './field-checks.ts';
import type { SpeechContext, SpeechEnv } from './speech-env.ts';

const voiceTypes = ['personal', 'community', 'default', 'workspace', 'non-default', 'non-community', 'saved'];
const categories = ['premade', 'cloned', 'generated', 'professional'];
const defaultPageSize = 10;

/** Adds the calls that list, search and get voices. */
export function addVoices(app: Hono<SpeechEnv>): void {
  app.get('/v1/voices', (context) => context.json({ voices }));
  app.get('/v2/voices', (context) => context.json(searchPage(context)));
  app.get('/v1/voices/:voice_id', (context) => {
    const id = context.req.param('voice_id');
    const voice = findVoice(id);
    if (voice === undefined) throw serviceErrors.voiceNotFound(id);
    return context.json(voice);
  });
}

function searchPage(context: SpeechContext): object {
  const query = context.req.query();
  const checks = new FieldChecks();
  const oneOf = <Name extends string>(name: string, allowed: readonly Name[]): Name | undefined => {
    const value = checks.oneOf(query[name], allowed, ['query', name]);
    return allowed.find((candidate) => candidate === value);
  };
  const found = searchVoices(voices, {
    search: query['search'],
    sort: oneOf('sort', ['created_at_unix', 'name']),
    sortDirection: oneOf('sort_direction', ['asc', 'desc']),
    category: oneOf('category', categories),
    voiceType: oneOf('voice_type', voiceTypes),
    gender: query['gender'],
    age: query['age'],
    accent: query['accent'],
    languages: context.req.queries('language') ?? [],
    voiceIds: context.req.queries('voice_ids') ?? [],
  });
  const pageSize = checks.integer(queryValue(query['page_size']), 1, 100, ['query', 'page_size']) ?? defaultPageSize;
  const includeTotal =
    checks.boolean(queryValue(query['include_total_count']), ['query', 'include_total_count']) ?? true;
  if (checks.issues.length > 0) throw new ServiceError(422, checks.issues);
  const start = pageStart(query['next_page_token']);
  const end = start + pageSize;
  const hasMore = end < found.length;
  return {
    voices: found.slice(start, end),
    has_more: hasMore,
    total_count: includeTotal ? found.length : 0,
    next_page_token: hasMore ? Buffer.from(`from:${end}`).toString('base64url') : null,
  };
}

function pageStart(token: string | undefined): number {
  if (token === undefined || token === '') return 0;
  const start = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (start !== undefined) return Number(start);
  throw new ServiceError(400, {
    type: 'validation_error',
    code: 'invalid_page_token',
    message: 'The next_page_token is not one that this call gave.',
  });
}
