import { Refusal } from '../refusal.ts';
import { speechOperations, type SpeechGrants } from './speech-grants.ts';

const longestList = 200;
const knownOperations: ReadonlySet<unknown> = new Set(speechOperations);

const fields: Readonly<
  Record<keyof SpeechGrants, { readonly expected: string; readonly is: (value: unknown) => boolean }>
> = {
  operations: {
    expected: `a list of ${speechOperations.join(', ')}`,
    is: (value) => isList(value, (entry) => knownOperations.has(entry)),
  },
  voices: names(),
  models: names(),
  formats: names(),
  charactersPerRequest: count(),
  characterBudget: count(),
  concurrency: count(),
  sessionSeconds: {
    expected: 'a number of seconds, 0 or more',
    is: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
  },
};

/**
 * Grants out of what somebody sent, as an object of their own. What this gateway does not know is refused rather than
 * ignored, since it may be a limit.
 *
 * @throws Refusal `invalid_request` when a field is unknown, or of the wrong type or size.
 */
export function parseGrants(value: unknown): SpeechGrants {
  if (!isPlainObject(value)) throw new Refusal('invalid_request', 'grants must be an object.');
  const entries = Object.entries(value).filter(([, granted]) => granted !== undefined);
  for (const [name, granted] of entries) {
    if (!isField(name)) throw new Refusal('invalid_request', 'grants hold a field that is not known.');
    const { is, expected } = fields[name];
    if (!is(granted)) throw new Refusal('invalid_request', `grants.${name} must be ${expected}.`);
  }
  return Object.fromEntries(entries.map(([name, granted]) => [name, Array.isArray(granted) ? [...granted] : granted]));
}

function isField(name: string): name is keyof SpeechGrants {
  return Object.hasOwn(fields, name);
}

function names(): (typeof fields)[keyof SpeechGrants] {
  return {
    expected: `a list of at most ${longestList} strings of 1 to 100 characters`,
    is: (value) => isList(value, (entry) => typeof entry === 'string' && /^.{1,100}$/su.test(entry)),
  };
}

function count(): (typeof fields)[keyof SpeechGrants] {
  return {
    expected: 'a whole number, 0 or more',
    is: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  };
}

function isList(value: unknown, isEntry: (entry: unknown) => boolean): boolean {
  // A copy first: `every` passes over the holes of an array.
  return Array.isArray(value) && value.length <= longestList && [...(value as unknown[])].every(isEntry);
}

/** Whether it is a plain object: an array, a Date or a Map has no fields, and grants without fields limit nothing. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
