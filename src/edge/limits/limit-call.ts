import type { Admission } from './speech-limits.ts';

/** A call of `SpeechLimits`, as it is sent to the object that counts for its subject. */
export type LimitCall =
  | ({ readonly kind: 'admit' } & Omit<Admission, 'subject'>)
  | { readonly kind: 'reserve'; readonly lease: string; readonly characters: number }
  | { readonly kind: 'settle'; readonly lease: string; readonly spent: number };

const longestId = 256;

/** The call that `value` is. @throws TypeError that names the field at fault */
export function parseLimitCall(value: unknown): LimitCall {
  const call = object(value, 'call');
  const lease = id(call['lease'], 'lease');
  switch (call['kind']) {
    case 'admit':
      return { kind: 'admit', lease, ...parseAdmission(call) };
    case 'reserve':
      return { kind: 'reserve', lease, characters: count(call['characters'], 'characters') };
    case 'settle':
      return { kind: 'settle', lease, spent: count(call['spent'], 'spent') };
    default:
      throw new TypeError('kind is not one of admit, reserve and settle.');
  }
}

function parseAdmission(call: Readonly<Record<string, unknown>>): Omit<Admission, 'subject' | 'lease'> {
  return {
    leaseSeconds: positive(call['leaseSeconds'], 'leaseSeconds'),
    characters: count(call['characters'], 'characters'),
    budget: optional(call['budget'], (value) => {
      const budget = object(value, 'budget');
      const characters = count(budget['characters'], 'budget.characters');
      return { characters, seconds: positive(budget['seconds'], 'budget.seconds') };
    }),
    concurrency: optional(call['concurrency'], (value) => count(value, 'concurrency')),
    singleUse: optional(call['singleUse'], (value) => {
      const token = object(value, 'singleUse');
      const expiresAt = positive(token['expiresAt'], 'singleUse.expiresAt');
      return { id: id(token['id'], 'singleUse.id'), expiresAt };
    }),
  };
}

function optional<T>(value: unknown, parse: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : parse(value);
}

function object(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${name} is not an object.`);
  return value as Readonly<Record<string, unknown>>;
}

function id(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= longestId) return value;
  throw new TypeError(`${name} is not a text of 1 to ${longestId} characters.`);
}

function count(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError(`${name} is not a whole number from 0 on.`);
}

function positive(value: unknown, name: string): number {
  if (typeof value === 'number' && value > 0 && value <= Number.MAX_SAFE_INTEGER) return value;
  throw new TypeError(`${name} is not a number above 0.`);
}
