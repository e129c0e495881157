/**
 * The bytes of a body that came to its end. It is read step by step: in workerd, `arrayBuffer()` of one branch of a `tee`
 * holds back the other.
 *
 * @throws what the body broke off with, or a RangeError when it is longer than `maxBytes`
 */
export async function readWhole({ body }: Response, maxBytes: number): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  // Leaving the loop cancels the body.
  for await (const part of body ?? []) {
    length += part.length;
    if (length > maxBytes) throw new RangeError(`The reply is longer than the ${maxBytes} bytes that may be kept.`);
    parts.push(part);
  }
  return new Blob(parts);
}
