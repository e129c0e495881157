/** The first index at which two runs of samples differ in length or in any bit of a value; -1 when they are the same. */
export function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    if (!Object.is(a[i], b[i])) return i;
  }
  return -1;
}
