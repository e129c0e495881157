import type { ValidationIssue } from '../wire/service-error.ts';

type Location = readonly (string | number)[];

/** Collects what is wrong with a request. Each check gives the value, or `undefined` if it is missing, null or not valid. */
export class FieldChecks {
  readonly issues: ValidationIssue[] = [];

  string(value: unknown, loc: Location): string | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    return this.#fail('string_type', loc, 'Input should be a valid string');
  }

  requiredString(value: unknown, loc: Location): string | undefined {
    if (value === undefined) return this.#fail('missing', loc, 'Field required');
    if (typeof value !== 'string') return this.#fail('string_type', loc, 'Input should be a valid string');
    if (value === '') return this.#fail('string_too_short', loc, 'String should have at least 1 character');
    return value;
  }

  oneOf(value: unknown, allowed: readonly string[], loc: Location): string | undefined {
    if (value === undefined || value === null) return undefined;
    const found = allowed.find((name) => name === value);
    if (found !== undefined) return found;
    return this.#fail('enum', loc, `Input should be ${allowed.map((name) => `'${name}'`).join(', ')}`);
  }

  number(value: unknown, minimum: number, maximum: number, loc: Location): number | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'number') return this.#fail('float_type', loc, 'Input should be a valid number');
    if (value < minimum) {
      return this.#fail('greater_than_equal', loc, `Input should be greater than or equal to ${minimum}`);
    }
    if (value > maximum) return this.#fail('less_than_equal', loc, `Input should be less than or equal to ${maximum}`);
    return value;
  }

  integer(value: unknown, minimum: number, maximum: number, loc: Location): number | undefined {
    if (typeof value === 'number' && !Number.isInteger(value)) {
      return this.#fail('int_from_float', loc, 'Input should be a valid integer');
    }
    return this.number(value, minimum, maximum, loc);
  }

  boolean(value: unknown, loc: Location): boolean | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'boolean') return value;
    return this.#fail('bool_type', loc, 'Input should be a valid boolean');
  }

  record(value: unknown, loc: Location): Readonly<Record<string, unknown>> {
    if (value === undefined || value === null) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
    this.#fail('model_attributes_type', loc, 'Input should be a valid dictionary');
    return {};
  }

  list(value: unknown, maximum: number, loc: Location): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.#fail('list_type', loc, 'Input should be a valid list');
      return [];
    }
    if (value.length > maximum) this.#fail('too_long', loc, `List should have at most ${maximum} items`);
    return value;
  }

  #fail(type: string, loc: Location, msg: string): undefined {
    this.issues.push({ type, loc, msg });
  }
}

/** What a query parameter says, for the checks above: numbers and booleans as such, other text as it is. */
export function queryValue(text: string | undefined): string | number | boolean | undefined {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== undefined && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}
