import type { TextToSpeechRequest } from '../../core/text-to-speech-request.ts';
import type { VerifiedCall } from '../gateway-call.ts';
import { sha256 } from '../sha256.ts';

/** The key of a finished speech: every input that it depends on, and who may hear it. */
export function speechCacheKey(
  { settings, token }: VerifiedCall,
  path: string,
  query: URLSearchParams,
  body: TextToSpeechRequest,
): Promise<string> {
  const parameters = [...query].sort(([a], [b]) => (a < b ? -1 : 1));
  const { tenant, subject } = token;
  const { url, owner } = settings.service;
  // A tenant and a subject of the same name are not the same.
  const hearer = tenant === undefined ? { subject } : { tenant };
  return sha256(JSON.stringify(['speech', url, owner(), hearer, path, parameters, ordered(body)]));
}

/** The same value for the same JSON, whatever the order of its fields. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, item]) => [name, ordered(item)]);
}
