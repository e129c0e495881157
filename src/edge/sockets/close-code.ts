import { isKeyProblem, passedErrorCode } from './service-error-code.ts';

/** A close frame; without a code it holds nothing. */
export interface SocketClose {
  readonly code: number | undefined;
  readonly reason: string;
}

const normal = 1000;
const goingAway = 1001;
const none = 1005;
const lost = 1006;
const refused = 1008;
const badGateway = 1014;

/** What those reasons mean that hold no code of the service's; they are prose, cut after 123 bytes. */
const meanings: readonly (readonly [words: RegExp, code: string])[] = [
  [/time.?out/i, 'input_timeout_exceeded'],
  [/voice.settings/i, 'invalid_voice_settings'],
  [/contexts/i, 'max_active_conversations'],
];

/** How a page's socket is closed when the service has closed its own, with a reason that is a code or empty. */
export function closeForPage({ code = none, reason }: Partial<SocketClose> & Pick<SocketClose, 'reason'>): SocketClose {
  const isRefusal = code === refused || code >= 3000;
  const isKeyRefused = code === 3000 || code === 3003 || code === 4401 || code === 4403;
  // A page is told nothing of the gateway's account.
  if (isKeyRefused || (isRefusal && isKeyProblem(reason))) return { code: 4502, reason: 'upstream_refused' };
  if (code === none) return { code: undefined, reason: '' };
  // It was lost, which only an endpoint may tell itself.
  if (!isSendable(code)) return { code: badGateway, reason: '' };
  const meant = isRefusal ? meanings.find(([words]) => words.test(reason))?.[1] : undefined;
  return { code, reason: passedErrorCode(reason) ?? meant ?? '' };
}

/** The code with which the service's socket is closed when the page has closed its own. */
export function closeCodeForService(code: number = none): number {
  if (code === none) return normal;
  return code === normal || (code >= 3000 && isSendable(code)) ? code : goingAway;
}

/** The code of a connection that ended without a close frame. */
export const lostConnection: number = lost;

/** Whether a close frame may hold the code. */
export function isSendable(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  if (code >= 3000) return code < 5000;
  return code >= 1000 && code <= badGateway && code !== 1004 && code !== none && code !== lost;
}
