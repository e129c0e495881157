const longestContextId = 256;

/** Whether a value can be the id of a context. */
export function isContextId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestContextId;
}
