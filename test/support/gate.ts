/** A promise and the function that resolves it. */
export function createGate(): { readonly opened: Promise<void>; open(): void } {
  let resolveOpened: (() => void) | undefined;
  const opened = new Promise<void>((resolve) => (resolveOpened = resolve));
  return { opened, open: () => resolveOpened?.() };
}
