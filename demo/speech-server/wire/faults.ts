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
  'eager_close',
  'error_after',
  'error_frame',
  'jitter',
  'late_frames',
  'no_final',
  'no_final_newline',
  'null_alignment',
  'pace',
  'quota',
  'restart_alignment',
  'retry_after',
  'snake_ids',
  'socket_close',
  'socket_close_after',
  'socket_drop',
  'split_words',
  'stall',
  'stall_ms',
  'status',
  'strict_settings',
  'time_base',
  'times',
  'zero_alignment',
] as const;

const textFaults = ['error_code', 'key'] as const;

const ranges: Readonly<Record<string, readonly [minimum: number, maximum: number]>> = {
  status: [400, 599],
  socket_close: [1000, 4999],
};

/** The codes that no close frame may carry. */
const unsentCloseCodes: readonly number[] = [1004, 1005, 1006];

const fractionalFaults: readonly string[] = ['delay', 'jitter', 'pace', 'retry_after', 'stall_ms'];

/** What a request asks the server to do wrong; the README beside this folder says what each one does. */
export type Faults = { readonly [name in (typeof numberFaults)[number]]?: number } & {
  readonly [name in (typeof textFaults)[number]]?: string;
};

/**
 * The faults of a request: query parameters `fault_name=value` and headers `x-fault-name: value`. Throws a validation error
 * for a name that doesn't exist and for a value that the fault doesn't take.
 */
export function parseFaults(query: URLSearchParams, headers: Headers): Faults {
  const faults: Record<string, number | string> = {};
  const issues: ValidationIssue[] = [];
  const set = (name: string, value: string, loc: readonly string[]): void => {
    const isText = textFaults.some((fault) => fault === name);
    const issue = isText ? undefined : findIssue(name, value);
    if (issue !== undefined) issues.push({ ...issue, loc });
    else faults[name] = isText ? value : Number(value);
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
  const [minimum, maximum] = ranges[name] ?? [0, longestTime];
  if (Number.isNaN(number)) return { type: 'float_parsing', msg: 'Input should be a number' };
  if (number < minimum) {
    return { type: 'greater_than_equal', msg: `Input should be greater than or equal to ${minimum}` };
  }
  if (number > maximum) return { type: 'less_than_equal', msg: `Input should be less than or equal to ${maximum}` };
  if (!Number.isInteger(number) && !fractionalFaults.includes(name)) {
    return { type: 'int_from_float', msg: 'Input should be a valid integer' };
  }
  if (name !== 'socket_close' || isSentCloseCode(number)) return undefined;
  return { type: 'value_error', msg: 'Input should be a code that a close frame may carry' };
}

function isSentCloseCode(code: number): boolean {
  return (code <= 1014 && !unsentCloseCodes.includes(code)) || code >= 3000;
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
