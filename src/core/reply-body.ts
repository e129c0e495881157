import { abortable } from './abortable.ts';
import { SpeechError } from './speech-error.ts';
import { unexpectedReply } from './unexpected-reply.ts';
import { startTimer } from './wait.ts';

/** The bytes of a reply, pulled one chunk at a time. */
export interface ReplyBody {
  /** The next bytes, or `undefined` at the end. */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Closes the connection; harmless after the end. */
  cancel: () => void;
}

/** How a body is read. */
export interface ReplyBodyOptions {
  /** Seconds that one read may take. */
  readonly idleTimeout: number;
  /** Aborts the request; the reason of its signal is what reads are rejected with. */
  readonly controller: AbortController;
  /** Called once nothing more will be read. */
  readonly release: () => void;
  /** Of the reply, for its errors. */
  readonly requestId: string | undefined;
}

/** The body of a response. */
export function openReplyBody(
  response: Response,
  { idleTimeout, controller, release, requestId }: ReplyBodyOptions,
): ReplyBody {
  const reader = response.body?.getReader();
  const { signal } = controller;

  async function read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const stopTimer = startTimer(idleTimeout, () =>
      controller.abort(
        new SpeechError('timeout', 'The reply stalled: try again, or raise idleTimeout.', { requestId }),
      ),
    );
    try {
      const result = reader && (await abortable(signal, reader.read()));
      if (result?.value) return result.value;
      release();
      return undefined;
    } catch (cause) {
      release();
      if (signal.aborted) throw signal.reason;
      throw new SpeechError('network', 'The reply broke off: try again.', { cause, requestId });
    } finally {
      stopTimer();
    }
  }

  return {
    read,
    cancel: () => {
      release();
      controller.abort();
      // The abort has closed a real connection; this tells streams that do not come from one.
      reader?.cancel().catch(() => {});
    },
  };
}

/**
 * The whole body as text.
 *
 * @throws SpeechError `protocol` when it is longer than `longest` UTF-16 code units.
 */
export async function readText(body: ReplyBody, longest: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = await body.read(); bytes; bytes = await body.read()) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > longest) {
      body.cancel();
      throw unexpectedReply('The reply is too long');
    }
  }
  return text + decoder.decode();
}
