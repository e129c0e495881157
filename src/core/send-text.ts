import type { LiveSpeech } from './live-speech.ts';
import type { MessageFields } from './outgoing-text.ts';
import { untilAborted } from './until-aborted.ts';

/** Text, whole or as it is being written. */
export type TextSource = string | AsyncIterable<string> | Iterable<string>;

/**
 * Sends text as it comes, and `fields` with its end; resolves when all that can be cut off was sent. An iterable is left when
 * the speech is over.
 *
 * @throws TypeError when it is no text, or none can follow; what made the speech fail, if it has
 */
export function sendText(
  speech: LiveSpeech,
  source: TextSource,
  fields: MessageFields = {},
  flush = false,
): Promise<void> {
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return told(speech, send(speech, source, known, flush));
}

/**
 * Sends the last text, if there is one, and says that none follows; resolves when the service was told. When the source
 * breaks off, what came before is spoken, and the reader is told then.
 *
 * @throws as {@link sendText}
 */
export function endText(speech: LiveSpeech, source?: TextSource): Promise<void> {
  return told(speech, source === undefined ? speech.end() : sendLast(speech, source));
}

async function sendLast(speech: LiveSpeech, source: TextSource): Promise<void> {
  try {
    await send(speech, source, {}, false);
  } catch (error) {
    await speech.end({ error });
    throw error;
  }
  await speech.end();
}

/** The same promise, whose rejection may be left alone where the reader of the speech is told of it. */
function told(speech: LiveSpeech, work: Promise<void>): Promise<void> {
  const result: Promise<void> = new Promise((resolve, reject) => {
    work.then(resolve, (error: unknown) => {
      if (speech.over.aborted || speech.isEnded) result.catch(() => undefined);
      reject(error);
    });
  });
  return result;
}

async function send(speech: LiveSpeech, source: TextSource, fields: MessageFields, flush: boolean): Promise<void> {
  if (typeof source === 'string') return speech.send(source, fields, flush);
  for await (const text of untilAborted(iterate(source), speech.over)) await speech.send(checkText(text), {}, false);
  if (flush || Object.keys(fields).length > 0) await speech.send('', fields, flush);
}

function iterate(source: AsyncIterable<string> | Iterable<string>): AsyncIterable<string> {
  const value = Object(source) as Partial<AsyncIterable<string> & Iterable<string>>;
  if (value[Symbol.asyncIterator]) return source as AsyncIterable<string>;
  if (!value[Symbol.iterator]) throw new TypeError('Pass text: a string, or an iterable of strings.');
  return {
    async *[Symbol.asyncIterator]() {
      yield* source as Iterable<string>;
    },
  };
}

function checkText(text: unknown): string {
  if (typeof text === 'string') return text;
  throw new TypeError('The iterable gave something else than a string: pass text only.');
}
