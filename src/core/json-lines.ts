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
export async function* readJsonLines(body: ReplyBody): AsyncGenerator<unknown, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pieces: string[] = [];
  let length = 0;
  try {
    for (let atEnd = false; !atEnd;) {
      const bytes = await body.read();
      atEnd = !bytes;
      const lines = decode(decoder, bytes).split('\n');
      for (const [index, piece] of lines.entries()) {
        pieces.push(piece);
        length += piece.length;
        if (length > longestLine) throw unexpectedReply('A line of the reply is too long');
        if (index === lines.length - 1 && !atEnd) break;
        const line = pieces
          .join('')
          .replace(/^\s*data:/, '')
          .trim();
        pieces = [];
        length = 0;
        if (line) yield parseLine(line, atEnd);
      }
    }
  } finally {
    body.cancel();
  }
}

function parseLine(line: string, atEnd: boolean): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    // The parser's own error quotes the line, which holds the text.
    throw unexpectedReply(atEnd ? 'The reply is cut off' : 'A line of the reply is not JSON');
  }
}

function decode(decoder: TextDecoder, bytes: Uint8Array | undefined): string {
  try {
    return decoder.decode(bytes, { stream: !!bytes });
  } catch {
    throw unexpectedReply('A line of the reply is not JSON');
  }
}
