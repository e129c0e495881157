/** A copy of plain data. A framework's reactive object can't be cloned; what it holds can. Functions are left out. */
export function withoutProxies<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutProxies) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, held]) => typeof held !== 'function');
  return Object.fromEntries(entries.map(([name, held]) => [name, withoutProxies<unknown>(held)])) as T;
}
