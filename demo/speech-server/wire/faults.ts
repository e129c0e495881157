import type { ValidationIssue } from './service-error.ts';
import { ServiceError } from './service-error.ts';

/** The faults whose value is a number that isn't negative. A flag is 1. */
const numberFaults = [
  'blank_lines',
  'chunk',
  'cut',
  'data_prefix',
  'delay',
  'error_after',
  'jitter',
  'no_final_newline',
  'null_alignment',
  'pace',
  'quota',
  'retry_after',
  'stall',
  'stall_ms',
  'status',
  'times',
  'zero_alignment',
] as const;

/** What a request asks the server to do wrong; the README beside this folder says what each one does. */
export type Faults = { readonly [name in (typeof numberFaults)[number]]?: number } & { readonly key?: string };

/**
 * The faults of a request: query parameters `fault_name=value` and headers `x-fault-name: value`. Throws a validation error
 * for a name that doesn't exist and for a value that isn't a number.
 */
export function parseFaults(query: URLSearchParams, headers: Headers): Faults {
  const faults: Record<string, number | string> = {};
  const issues: ValidationIssue[] = [];
  const set = (name: string, value: string, loc: readonly string[]): void => {
    const number = Number(value);
    if (name === 'key') faults[name] = value;
    else if (!isNumberFault(name)) issues.push({ type: 'extra_forbidden', loc, msg: 'There is no fault of this name' });
    else if (value.trim() === '' || !(number >= 0))
      issues.push({ type: 'float_parsing', loc, msg: 'Input should be a number' });
    else faults[name] = number;
  };
  for (const [name, value] of query) {
    if (name.startsWith('fault_')) set(name.slice('fault_'.length), value, ['query', name]);
  }
  for (const [name, value] of headers) {
    if (name.startsWith('x-fault-')) set(name.slice('x-fault-'.length).replaceAll('-', '_'), value, ['header', name]);
  }
  if (issues.length > 0) throw new ServiceError(422, issues);
  return faults;
}

function isNumberFault(name: string): boolean {
  return numberFaults.some((fault) => fault === name);
}

/** Counts requests by their fault key, so that `times=2` lets the faults befall the first two only. */
export class FaultCounter {
  readonly #counts = new Map<string, number>();

  /** `faults`, or none at all once this many requests of their key were faulty. */
  limit(faults: Faults): Faults {
    if (faults.times === undefined) return faults;
    const key = faults.key ?? '';
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count <= faults.times ? faults : {};
  }
}
