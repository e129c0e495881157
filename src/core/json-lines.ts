import type { ReplyBody } from './reply-body.ts';
import { unexpectedReply } from './unexpected-reply.ts';

/** The most UTF-16 code units of one line. */
const longestLine = 2 ** 26;

/**
 * The values of a reply of JSON lines, as they arrive. Lines may be split at any byte, end in CRLF, be blank or begin
 * with `data:`; the last one needs no line break. Ending the iteration closes the connection.
 *
 * @throws SpeechError `protocol` when a line is not JSON, not UTF-8 or longer than 64 MiB.
 */
export async function* readJsonLines(
  body: ReplyBody,
  requestId: string | undefined,
): AsyncGenerator<unknown, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = '';
  try {
    for (let atEnd = false; !atEnd;) {
      const bytes = await body.read();
      atEnd = !bytes;
      const pieces = parse(() => decoder.decode(bytes, { stream: !atEnd }), atEnd, requestId).split('\n');
      for (const [index, piece] of pieces.entries()) {
        line += piece;
        if (line.length > longestLine) throw unexpectedReply('The reply is too long', requestId);
        if (index === pieces.length - 1 && !atEnd) break;
        const json = line.replace(/^\s*data:/, '').trim();
        line = '';
        if (json) yield parse(() => JSON.parse(json) as unknown, atEnd, requestId);
      }
    }
  } finally {
    body.cancel();
  }
}

/** What `read` gives; the runtime's own error would quote the line, which holds the text. */
function parse<T>(read: () => T, atEnd: boolean, requestId: string | undefined): T {
  try {
    return read();
  } catch {
    throw unexpectedReply(atEnd ? 'The reply is cut off' : 'The reply is not JSON', requestId);
  }
}
