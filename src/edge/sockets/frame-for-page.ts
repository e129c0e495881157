import { parseJsonObject } from '../request/parse-json-object.ts';
import { isSendable } from './close-code.ts';
import { isContextId } from './is-context-id.ts';
import { isKeyProblem, passedErrorCode } from './service-error-code.ts';

/** Units up to which a frame is read even if it may hold audio elsewhere than at its beginning. */
const smallFrame = 4096;

type Wire = Readonly<Record<string, unknown>>;

/**
 * A text frame of the service's as the page gets it: audio and its end as they are; of an error its code, if a page may read
 * it, and none of its words, which may tell of the gateway's key.
 */
export function frameForPage(frame: string): string {
  if (/^\{\s*"audio"\s*:\s*"[^"]/.test(frame)) return frame;
  if (frame.length > smallFrame && frame.includes('"audio"')) return frame;
  const wire = parseJsonObject(frame);
  return wire && !isError(wire) ? frame : errorFrame(wire ?? {});
}

function isError(wire: Wire): boolean {
  const { audio, alignment, error, detail, code, message, type, status } = wire;
  if (audio || alignment || (wire['normalizedAlignment'] ?? wire['normalized_alignment'])) return false;
  if (type === 'error' || status === 'error') return true;
  const isFinal = (wire['isFinal'] ?? wire['is_final']) === true;
  return [error, detail, ...(isFinal ? [] : [code, message])].some(Boolean);
}

function errorFrame(wire: Wire): string {
  const { error, detail, code, contextId, context_id } = wire;
  const places = [wire, error, detail].filter((value) => typeof value === 'object' && value !== null) as Wire[];
  const said = [
    error,
    detail,
    ...places.flatMap((place) => ['code', 'status', 'type', 'error'].map((name) => place[name])),
  ].filter((value) => typeof value === 'string');
  const isKeys = said.some(isKeyProblem);
  const passed = isKeys ? 'upstream_refused' : passedErrorCode(said.join(' '));
  const closeCode = typeof code === 'number' && isSendable(code) ? code : 1011;
  return JSON.stringify({
    message: 'The speech service has refused this or failed.',
    error: passed ?? 'upstream_failed',
    code: isKeys ? 4502 : closeCode,
    ...(isContextId(contextId) && { contextId }),
    ...(isContextId(context_id) && { context_id }),
  });
}
