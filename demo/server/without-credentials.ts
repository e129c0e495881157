const credentials: ReadonlySet<string> = new Set(['xi-api-key', 'xi_api_key', 'authorization', 'single_use_token']);

/** A message of the page without what says on whose account it speaks; `undefined` when it is no JSON object. */
export function withoutCredentials(message: string): string | undefined {
  try {
    const fields: unknown = JSON.parse(message);
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return undefined;
    return JSON.stringify(Object.fromEntries(Object.entries(fields).filter(([name]) => !credentials.has(name))));
  } catch {
    return undefined;
  }
}
