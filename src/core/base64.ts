interface NativeDecoder {
  fromBase64?: (text: string) => Uint8Array<ArrayBuffer>;
}

/**
 * The bytes of a base64 text; padding may be missing, white space is skipped.
 *
 * @throws an error of the runtime's when it is not base64.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = Uint8Array as NativeDecoder;
  return native.fromBase64 ? native.fromBase64(text) : decodeByAtob(text);
}

/** {@link decodeBase64} where the runtime cannot decode to bytes. */
export function decodeByAtob(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}
