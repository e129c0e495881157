import { errorFromFrame } from './error-from-frame.ts';
import { errorFromReply } from './error-from-reply.ts';
import { SpeechError, type SpeechErrorCode } from './speech-error.ts';
import type { SocketEnd } from './speech-socket.ts';

/** A reason for which the service ends a connection. */
interface Cause {
  /** The service's code for it, which some reasons hold. */
  readonly id?: string;
  /** What the other reasons say; they are cut after 123 bytes. */
  readonly words: RegExp;
  /** What it means, where there is no code that tells. */
  readonly code?: SpeechErrorCode;
  readonly advice: string;
}

const causes: readonly Cause[] = [
  {
    id: 'input_timeout_exceeded',
    words: /(?:\b|inactivity_)time.?out/i,
    advice: 'no text came for too long; send some in time, or raise inactivity_timeout',
  },
  { id: 'quota_exceeded', words: /quota/i, advice: 'raise the quota' },
  { id: 'detected_unusual_activity', words: /unusual.activity/i, advice: 'check the account and its permissions' },
  { words: /voice.settings/i, code: 'invalid-request', advice: 'send voice settings with the first message only' },
  { words: /contexts/i, code: 'rate-limited', advice: 'close a context before you open another' },
  { id: 'invalid_api_key', words: /api.?key|authent|authori[sz]|invalid.token/i, advice: 'check apiKey or token' },
];

const meanings: Readonly<Record<number, readonly [code: SpeechErrorCode, advice: string]>> = {
  1000: ['network', 'try again if it ended too early'],
  1002: ['protocol', 'is baseUrl the speech service?'],
  1003: ['invalid-request', 'check what was sent'],
  1007: ['invalid-request', 'check what was sent'],
  1008: ['invalid-request', 'check what was sent'],
  1009: ['invalid-request', 'a message was too big, or the voice does not fit the model'],
  1011: ['server', 'try again'],
  1013: ['rate-limited', 'send fewer requests'],
  3000: ['unauthorized', 'check apiKey or token'],
  3003: ['forbidden', 'check its permissions'],
  3008: ['timeout', 'try again'],
};

/** The error that the end of a connection tells of; of the reason, it shows the service's own code and nothing else. */
export function errorFromClose({ code, reason }: SocketEnd): SpeechError {
  const isRefusal = code === 1008 || code >= 3000;
  const cause =
    causes.find(({ id }) => id && reason.includes(id)) ?? causes.find(({ words }) => isRefusal && words.test(reason));
  // A single word may be one of the text's.
  const said = /^[a-z\d]+(?:_[a-z\d]+)+$/.test(reason) ? reason : cause?.id;
  // The service's codes mean here what they mean in a frame that tells of an error.
  const named = errorFromFrame({ error: said }).code;
  const [meaning, advice] = meanings[code] ?? resembled(code);
  return new SpeechError(
    cause?.code ?? (named === 'server' ? meaning : named),
    `The socket was closed (${said ? `${code}, ${said}` : code}): ${cause?.advice ?? advice}.`,
    { detail: { code: said } },
  );
}

/** What an application's own code means: 4401 is like a status of 401. */
function resembled(code: number): readonly [code: SpeechErrorCode, advice: string] {
  const status = code - 4000;
  if (status >= 400 && status < 600) {
    const { code: meaning } = errorFromReply({ status, body: undefined });
    return [meaning, status < 500 ? 'check the request' : 'try again'];
  }
  return [code >= 3000 ? 'server' : 'network', 'try again'];
}
