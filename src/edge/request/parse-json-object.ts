import { isObject } from './wire-checks.ts';

/** The object that a JSON text holds; `undefined` for anything else, since the parser's own error quotes the text. */
export function parseJsonObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
