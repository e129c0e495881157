/**
 * A function that gives each chunk back with whole samples only: what is left of a sample goes before the next chunk.
 * Bytes that never become a whole sample are not given.
 */
export function createSampleCarry(sampleSize: number): (chunk: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> {
  let rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  return (chunk) => {
    let joined = chunk;
    if (rest.length > 0) {
      joined = new Uint8Array(rest.length + chunk.length);
      joined.set(rest);
      joined.set(chunk, rest.length);
    }
    const end = joined.length - (joined.length % sampleSize);
    rest = joined.slice(end);
    return end === joined.length ? joined : joined.subarray(0, end);
  };
}
