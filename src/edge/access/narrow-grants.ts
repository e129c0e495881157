import type { SpeechGrants } from './speech-grants.ts';

/**
 * What all of them grant: the entries that every list holds, in the order of the first, and the smallest of the numbers.
 * An empty list stays one, and grants nothing.
 */
export function narrowGrants(...grants: readonly (SpeechGrants | undefined)[]): SpeechGrants {
  return grants.reduce<SpeechGrants>((narrowed, next) => narrow(narrowed, next ?? {}), {});
}

function narrow(one: SpeechGrants, other: SpeechGrants): SpeechGrants {
  const narrowed: Required<SpeechGrants> = {
    operations: common(one.operations, other.operations),
    voices: common(one.voices, other.voices),
    models: common(one.models, other.models),
    formats: common(one.formats, other.formats),
    charactersPerRequest: smaller(one.charactersPerRequest, other.charactersPerRequest),
    characterBudget: smaller(one.characterBudget, other.characterBudget),
    concurrency: smaller(one.concurrency, other.concurrency),
    sessionSeconds: smaller(one.sessionSeconds, other.sessionSeconds),
  };
  return Object.fromEntries(Object.entries(narrowed).filter(([, value]) => value !== undefined));
}

function common<Entry>(
  one: readonly Entry[] | undefined,
  other: readonly Entry[] | undefined,
): readonly Entry[] | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.filter((entry) => other.includes(entry));
}

function smaller(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
