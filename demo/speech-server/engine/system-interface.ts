const badFileDescriptor = 8;
const notImplemented = 52;

/**
 * The system calls (WASI) that the engine imports: it has no files and no environment, and what it writes is dropped.
 * `memory` is asked when a call is made, because the memory belongs to the instance that these imports are for.
 */
export function systemInterface(
  module: WebAssembly.Module,
  memory: () => WebAssembly.Memory,
): Record<string, Record<string, unknown>> {
  const calls: Record<string, (...args: number[]) => number> = {
    // libc lists its preopened folders at start and aborts on any answer but "no such descriptor".
    fd_prestat_get: () => badFileDescriptor,
    fd_write: (_descriptor = 0, vectors = 0, count = 0, written = 0) => {
      const view = new DataView(memory().buffer);
      let total = 0;
      for (let index = 0; index < count; index++) total += view.getUint32(vectors + 8 * index + 4, true);
      view.setUint32(written, total, true);
      return 0;
    },
    proc_exit: (code) => {
      throw new Error(`The speech engine stopped with exit code ${String(code)}.`);
    },
  };
  const imports: Record<string, Record<string, unknown>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = calls[name] ?? (() => notImplemented);
  }
  return imports;
}
