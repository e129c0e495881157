/**
 * An id as one segment of a path, percent-encoded.
 *
 * @throws TypeError when the id could reach another path: empty, `.`, `..`, or with a slash, a backslash, a control
 * character or half a surrogate pair.
 */
export function pathSegment(name: string, id: string): string {
  if (typeof id !== 'string' || /^\.{0,2}$|[/\\\p{Cc}\p{Cs}]/u.test(id)) {
    throw new TypeError(`${name} is not an id: pass it as the service gave it, without slashes.`);
  }
  return encodeURIComponent(id);
}
