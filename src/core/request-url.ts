/** Values of a query by name; arrays become repeated names, `undefined` and `null` are left out. */
export type Query = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;
type QueryValue = string | number | boolean | null | undefined;

/**
 * The address of a call.
 *
 * @param baseUrl Without a slash at its end.
 * @param path Begins with a slash; ids in it went through `pathSegment`.
 * @throws TypeError when the path would leave its place.
 */
export function requestUrl(baseUrl: string, path: string, query: Query = {}): string {
  const url = new URL(baseUrl + path);
  if (!url.pathname.endsWith(path)) throw new TypeError('An id changes the path: pass it as the service gave it.');
  for (const [name, value] of Object.entries(query)) {
    for (const item of [value].flat()) {
      if (item !== undefined && item !== null) url.searchParams.append(name, String(item));
    }
  }
  return url.href;
}
