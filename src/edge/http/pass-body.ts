/**
 * How a reply's body ended: whole, left by the caller, or broken off: by the service, by a time limit, and where the runtime
 * does not tell one from the other (workerd without `enable_request_signal`), by the caller too.
 */
export type BodyEnd = 'ended' | 'left' | 'broken';

/** A body on its way to the caller. */
export interface PassedBody {
  readonly readable: ReadableStream<Uint8Array>;
  /** Resolves at the end, whatever it is. */
  readonly ended: Promise<BodyEnd>;
}

/** workerd's own class passes bytes without any JavaScript; elsewhere streams are JavaScript anyway. */
interface Runtime {
  readonly IdentityTransformStream?: new () => TransformStream<Uint8Array, Uint8Array>;
}

/**
 * Passes a body on as it comes, and knows when it ends. Handed on as it is, it would pass as fast; but its end would be told
 * to nobody, and workerd would drop the timers and signals of the request.
 *
 * @param caller - the request's own signal
 */
export function passBody(body: ReadableStream<Uint8Array>, caller: AbortSignal | undefined): PassedBody {
  const { IdentityTransformStream: Identity = TransformStream } = globalThis as Runtime;
  const { readable, writable } = new Identity();
  return { readable, ended: pipe(body, writable, caller) };
}

async function pipe(
  body: ReadableStream<Uint8Array>,
  writable: WritableStream<Uint8Array>,
  caller: AbortSignal | undefined,
): Promise<BodyEnd> {
  try {
    await body.pipeTo(writable);
    return 'ended';
  } catch {
    return caller?.aborted ? 'left' : 'broken';
  }
}
