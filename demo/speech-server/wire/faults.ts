import { longestTime } from './longest-time.ts';
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

const fractionalFaults: readonly string[] = ['delay', 'jitter', 'pace', 'retry_after', 'stall_ms'];

/** What a request asks the server to do wrong; the README beside this folder says what each one does. */
export type Faults = { readonly [name in (typeof numberFaults)[number]]?: number } & { readonly key?: string };

/**
 * The faults of a request: query parameters `fault_name=value` and headers `x-fault-name: value`. Throws a validation error
 * for a name that doesn't exist and for a value that the fault doesn't take.
 */
export function parseFaults(query: URLSearchParams, headers: Headers): Faults {
  const faults: Record<string, number | string> = {};
  const issues: ValidationIssue[] = [];
  const set = (name: string, value: string, loc: readonly string[]): void => {
    const issue = name === 'key' ? undefined : findIssue(name, value);
    if (issue !== undefined) issues.push({ ...issue, loc });
    else faults[name] = name === 'key' ? value : Number(value);
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

function findIssue(name: string, value: string): Omit<ValidationIssue, 'loc'> | undefined {
  if (!isNumberFault(name)) return { type: 'extra_forbidden', msg: 'There is no fault of this name' };
  const number = value.trim() === '' ? NaN : Number(value);
  const [minimum, maximum] = name === 'status' ? [400, 599] : [0, longestTime];
  if (Number.isNaN(number)) return { type: 'float_parsing', msg: 'Input should be a number' };
  if (number < minimum) {
    return { type: 'greater_than_equal', msg: `Input should be greater than or equal to ${minimum}` };
  }
  if (number > maximum) return { type: 'less_than_equal', msg: `Input should be less than or equal to ${maximum}` };
  if (Number.isInteger(number) || fractionalFaults.includes(name)) return undefined;
  return { type: 'int_from_float', msg: 'Input should be a valid integer' };
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
