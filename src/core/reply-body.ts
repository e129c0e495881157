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

/**
 * The body of a response.
 *
 * @param idleTimeout Seconds that one read may take.
 * @param controller Aborts the request; the reason of its signal is what reads are rejected with.
 * @param release Called once nothing more will be read.
 */
export function openReplyBody(
  response: Response,
  idleTimeout: number,
  controller: AbortController,
  release: () => void,
): ReplyBody {
  const reader = response.body?.getReader();
  const { signal } = controller;

  async function read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const stopTimer = startTimer(idleTimeout, () =>
      controller.abort(new SpeechError('timeout', 'The reply stalled: try again, or raise idleTimeout.')),
    );
    try {
      const result = reader && (await abortable(signal, reader.read()));
      if (result?.value) return result.value;
      release();
      return undefined;
    } catch (cause) {
      release();
      if (signal.aborted) throw signal.reason;
      throw new SpeechError('network', 'The reply broke off: try again.', { cause });
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
