/** A framework's reactive object can't be cloned; what it holds can. JSON does not know the number Infinity. */
export function withoutProxies(job: object): object {
  const { timeout, idleTimeout } = job as { timeout?: number; idleTimeout?: number };
  return { ...(JSON.parse(JSON.stringify(job)) as object), timeout, idleTimeout };
}
