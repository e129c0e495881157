/** What `use` makes of an address at which `source` can be loaded as a script; the address is gone afterwards. */
export async function withInlineScript<T>(source: string, use: (url: string) => Promise<T>): Promise<T> {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    return await use(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}
